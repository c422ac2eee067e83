// A relay that passes no more: its reason reaches the transfer, and nobody waits for what doesn't pass by waiting.
import { describe, expect, it } from 'vitest';
import { Backoff } from '../../src/async/backoff.ts';
import { seek } from '../../src/async/seek.ts';
import { TransferError } from '../../src/foundation/errors.ts';
import { channelError } from '../../src/link/channel-error.ts';
import { hear } from '../../src/link/handshake-message.ts';
import { announce, awaitReadyInTime } from '../../src/relay-client/meet-relay.ts';
import { RelayChannel } from '../../src/relay-client/relay-channel.ts';
import { CLOSE_CODES } from '../../src/relay-protocol/index.ts';
import { scriptedRelay } from './scripted-relay.ts';

const HELLO = { type: 'hello', role: 'receiver', key: 'k'.repeat(43), token: null } as const;
const READY = { type: 'ready', features: [] };
const LIMITS = [
  ['transfer-limit', 'relay-limit-transfer'],
  ['day-limit', 'relay-limit-day'],
  ['time-limit', 'relay-limit-time'],
  ['idle-limit', 'relay-limit-idle'],
] as const;

/** A channel that the relay closes as soon as there is one. */
async function closedWith(code: number): Promise<RelayChannel> {
  const { access } = scriptedRelay(() => [READY, code]);
  const socket = await announce(access, HELLO);
  await awaitReadyInTime(access, socket);
  return new RelayChannel(socket);
}

describe.each(LIMITS)('a pair that is ended with %s', (close, code) => {
  it('ends the transfer with its own reason', async () => {
    const event = await (await closedWith(CLOSE_CODES[close].code)).receive();
    if (event.kind !== 'closed') throw new Error('a message');
    expect(channelError(event.why).code).toBe(code);
  });

  it('ends a handshake with that reason, too', async () => {
    const channel = await closedWith(CLOSE_CODES[close].code);
    await expect(hear(channel, 'greeting')).rejects.toMatchObject({ code });
  });

  it('isn’t sought again for half an hour: not one more attempt, and no pause', async () => {
    const { access, visits } = scriptedRelay(() => [
      { type: 'error', code: close, message: '', retryAfterMs: 3_600_000 },
      CLOSE_CODES[close].code,
    ]);
    const attempt = async () => awaitReadyInTime(access, await announce(access, HELLO));
    const pauses: number[] = [];
    const clock = {
      nowMs: () => 0,
      after(delayMs: number, callback: () => void) {
        pauses.push(delayMs);
        if (delayMs !== 1e9) queueMicrotask(callback);
        return () => {};
      },
    };
    const { signal } = new AbortController();
    const options = { clock, backoff: new Backoff(), reconnectTimeoutMs: 1e9, signal };
    await expect(seek(attempt, new TransferError('peer-gone'), options)).rejects.toMatchObject({ code });
    expect([visits.length, pauses]).toEqual([1, [1e9]]);
  });
});

it('a close code of a later relay is a lost connection, after which the other end is sought', async () => {
  expect(await (await closedWith(4499)).receive()).toMatchObject({ kind: 'closed', why: 'lost' });
});
