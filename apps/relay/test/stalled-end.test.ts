// An end that doesn't read, while more waits for it than its socket takes: its person looks at an offer, or its process
// is stopped.
import { expect, it } from 'vitest';
import { DEFAULT_RELAY_CONFIG, type RunningRelay } from '../src/index.ts';
import { FakeClock } from './fake-clock.ts';
import type { RelayClient } from './relay-client.ts';
import { classicPairOf, clientOf, pairOf, relayWith, untilPairs } from './running-relays.ts';

const CHUNK_BYTES = 256 * 1024;
const CHUNKS = 160;
const { pingIntervalMs, stalledTimeoutMs } = DEFAULT_RELAY_CONFIG;

const PAIRS = [
  ['version 2', (relay: RunningRelay) => pairOf(relay)],
  ['classic', (relay: RunningRelay) => classicPairOf(relay)],
] as const;

it.each(PAIRS)('is waited for, and hears all when it reads on: %s', async (_name, pairOn) => {
  const clock = new FakeClock();
  const relay = await relayWith({}, clock);
  const { sender, receiver } = await pairOn(relay);
  await stall(sender, receiver);
  for (let beats = 0; beats < 20; beats++) await beat(clock, relay);
  expect([sender.socket.readyState, receiver.socket.readyState]).toEqual([1, 1]);

  receiver.socket.resume();
  for (let i = 0; i < CHUNKS; i++) expect((await receiver.nextBytes())[0]).toBe(i);
  // From here on it answers pings again.
  for (let beats = 0; beats < 5; beats++) await beat(clock, relay);
  sender.socket.send(Buffer.from('last'));
  expect((await receiver.nextBytes()).toString()).toBe('last');
});

it.each(PAIRS)('is ended when it has taken nothing for too long: %s', async (_name, pairOn) => {
  const clock = new FakeClock();
  const relay = await relayWith({}, clock);
  const { sender, receiver } = await pairOn(relay);
  await stall(sender, receiver);
  clock.advance(stalledTimeoutMs + pingIntervalMs);
  expect('closed' in (await sender.next())).toBe(true);
  await untilPairs(relay, 0);
});

it('is given up when its connection breaks meanwhile', async () => {
  const relay = await relayWith({}, new FakeClock());
  const { sender, receiver } = await pairOf(relay);
  await stall(sender, receiver);
  receiver.socket.terminate();
  expect(await sender.nextClose()).toBe(4410);
});

/** Sends more than all buffers on the way hold to an end that doesn't read. */
async function stall(sender: RelayClient, receiver: RelayClient): Promise<void> {
  receiver.socket.pause();
  for (let i = 0; i < CHUNKS; i++) sender.socket.send(Buffer.alloc(CHUNK_BYTES, i));
  const { socket } = sender;
  for (let last = -1, same = 0; same < 500; same = socket.bufferedAmount === last ? same + 1 : 0) {
    last = socket.bufferedAmount;
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(socket.bufferedAmount).toBeGreaterThan(0);
}

/** One interval passes, and by its end the relay has read what the ends had sent. */
async function beat(clock: FakeClock, relay: RunningRelay): Promise<void> {
  clock.advance(pingIntervalMs);
  const fresh = await clientOf(relay);
  fresh.socket.send('?');
  await fresh.nextClose();
}
