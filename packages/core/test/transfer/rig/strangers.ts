// Strangers at a meeting by code, built from the engine's own parts: they do everything right up to where they don't.
import { randomBytes } from '../../../src/foundation/bytes.ts';
import { confirmKey, exchangeShares, type Unconfirmed } from '../../../src/link/handshake.ts';
import type { Channel } from '../../../src/ports/channel.ts';
import type { DialRelay } from '../../../src/ports/relay-socket.ts';
import { RelayChannel } from '../../../src/relay-client/relay-channel.ts';
import { encodeFirstMessage, RELEASE_MESSAGE } from '../../../src/relay-protocol/index.ts';

type Role = 'sender' | 'receiver';

export interface Stranger {
  channel: Channel;
  /** Says to the relay that the nameplate is used up. */
  release(): void;
  /** Exchanges shares as one who doesn't know the words. */
  exchange(): Promise<Unconfirmed>;
  /** The next message of the other end, its tag first; throws when the connection has ended. */
  hear(): Promise<Uint8Array>;
}

/**
 * Waits until the relay has paired it with an end that announced that nameplate. Rejects when the relay refuses it.
 * @param onWaiting called when a sender has the nameplate
 */
export async function meet(
  dial: DialRelay,
  relayUrl: string,
  role: Role,
  nameplate: string,
  onWaiting = () => {},
): Promise<Stranger> {
  const socket = await dial(relayUrl, new AbortController().signal);
  const first =
    role === 'sender'
      ? ({ type: 'allocate', nameplate, isDrawn: false, token: null } as const)
      : ({ type: 'hello', role, key: nameplate, token: null } as const);
  socket.send(encodeFirstMessage(first));
  for (;;) {
    const event = await socket.receive();
    if (event.kind !== 'text') throw new Error(`not paired: ${event.kind === 'closed' ? event.code : ''}`);
    if (event.text.includes('"ready"')) break;
    onWaiting();
  }
  const channel = new RelayChannel(socket);
  const inputs = { role, purpose: 'code', key: nameplate, prs: randomBytes(32), lanes: 1 };
  return {
    channel,
    release: () => socket.send(RELEASE_MESSAGE),
    exchange: () => exchangeShares(channel, inputs),
    async hear() {
      const event = await channel.receive();
      if (event.kind !== 'message') throw new Error('the connection has ended');
      return event.bytes;
    },
  };
}

/** What a stranger does to the end that it has met; then it leaves. */
export const TRICKS = {
  'rejects at once': async ({ channel }: Stranger) => channel.send(Uint8Array.of(4, 1)),
  'says that its version is another': async ({ channel }: Stranger) => channel.send(Uint8Array.of(4, 2)),
  'sends garbage': async ({ channel }: Stranger) => channel.send(randomBytes(700)),
  'sends an empty message': async ({ channel }: Stranger) => channel.send(new Uint8Array(0)),
  'says nothing': async () => {},
  'has seen the share, and rejects': async (stranger: Stranger) => {
    await stranger.exchange();
    stranger.channel.send(Uint8Array.of(4, 1));
  },
  'has seen the share, and sends a confirmation that is too short': async (stranger: Stranger) => {
    await stranger.exchange();
    stranger.channel.send(new Uint8Array(64).fill(3));
  },
  'has seen the share, and leaves': async (stranger: Stranger) => {
    await stranger.exchange();
  },
} satisfies Record<string, (stranger: Stranger) => Promise<void>>;

/** Confirms words that it doesn't know: a guess. Resolves when it was told so. */
export async function guess(stranger: Stranger): Promise<void> {
  const unconfirmed = await stranger.exchange();
  await confirmKey(stranger.channel, unconfirmed).catch(() => {});
  stranger.channel.terminate();
}
