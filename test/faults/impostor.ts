// Someone at the relay who isn't who the other end takes them for.
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { createDial, endpoint } from '../../apps/cli/src/node/network/dial-relay.ts';
import type { Channel } from '../../packages/core/src/index.ts';
import { shakeHands } from '../../packages/core/src/link/handshake.ts';
import { RelayChannel } from '../../packages/core/src/relay-client/relay-channel.ts';
import { encodeFirstMessage, type FirstMessage } from '../../packages/core/src/relay-protocol/index.ts';

export interface Replay {
  /** The binary messages that the other end answered with. */
  heard: Uint8Array[];
  /** Close code of the connection. */
  closed: Promise<number>;
}

/** Announces itself and, once somebody is there, says what was recorded of another session. */
export async function replay(
  relayUrl: string,
  first: FirstMessage,
  messages: readonly Uint8Array[],
): Promise<Replay> {
  const socket = new WebSocket(`${relayUrl.replace(/^http/, 'ws')}/ws`, { perMessageDeflate: false });
  const heard: Uint8Array[] = [];
  socket.on('error', () => {});
  socket.on('message', (message: Buffer, isBinary) => {
    if (isBinary) heard.push(message);
    else if (message.includes('"ready"')) for (const recorded of messages) socket.send(recorded);
  });
  const closed = once(socket, 'close').then(([code]) => code as number);
  await once(socket, 'open');
  socket.send(encodeFirstMessage(first));
  return { heard, closed };
}

export const STRANGERS = {
  'guesses the secret': async (channel: Channel, role: 'sender' | 'receiver', key: string) => {
    const prs = crypto.getRandomValues(new Uint8Array(32));
    await shakeHands(channel, { role, purpose: 'lane 1', key, prs, lanes: 1 });
  },
  'says what is no handshake': async (channel: Channel) => {
    channel.send(new Uint8Array(500).fill(7));
    while ((await channel.receive()).kind !== 'closed');
  },
  'says nothing and leaves': async (channel: Channel) => channel.terminate(),
};

/** Announces a pairing key as that role, and does to who comes what strangers do. Resolves when it is over, with whether anyone came. */
export async function meetStranger(
  relayUrl: string,
  role: 'sender' | 'receiver',
  key: string,
  stranger: keyof typeof STRANGERS,
): Promise<boolean> {
  const dial = createDial({ endpoint, isSealed: true });
  const socket = await dial(relayUrl, new AbortController().signal);
  socket.send(encodeFirstMessage({ type: 'hello', role, key, token: null }));
  const answer = await socket.receive();
  try {
    if (answer.kind === 'text') await STRANGERS[stranger](new RelayChannel(socket), role, key);
  } catch {
    // It isn't let in.
  }
  socket.terminate();
  return answer.kind === 'text';
}
