// The network of a device over QUIC: real sockets on loopback, with limits before a handshake.
import type { DirectChannel, DirectListener } from '@p2p-copy/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { channelContract } from '../../../../../packages/core/test/ports/channel-contract.ts';
import { listenOnLoopback, network, pass } from './quic-rig.ts';

const own = network();
const { signal } = new AbortController();
let taken: DirectChannel[] = [];
let dialled: DirectChannel[] = [];
let listener: DirectListener;
let port: number;

beforeEach(async () => {
  taken = [];
  dialled = [];
  [listener, port] = await listenOnLoopback(network(), (channel) => taken.push(channel));
});
afterEach(() => {
  listener.close();
  for (const channel of [...taken, ...dialled]) channel.terminate();
});

/** Who has dialled, and who was dialled. */
async function connectedPair(): Promise<[DirectChannel, DirectChannel]> {
  const before = taken.length;
  const channel = await own.dial({ host: '127.0.0.1', port }, signal);
  dialled.push(channel);
  await vi.waitFor(() => expect(taken.length).toBeGreaterThan(before));
  return [channel, taken.at(-1)!];
}

channelContract('a direct channel over QUIC', {
  async connect() {
    const [dialler, other] = await connectedPair();
    // Past the messages whose length is bounded.
    await pass(dialler, other, [32, 1, 1, 1]);
    await pass(other, dialler, [1, 1, 1]);
    return { ends: [dialler, other], cut: () => other.terminate(), close() {} };
  },
  boundMiB: 32,
});

channelContract('a direct channel over QUIC, from the listener’s side', {
  async connect() {
    const [dialler, other] = await connectedPair();
    await pass(dialler, other, [32, 1, 1, 1]);
    await pass(other, dialler, [1, 1, 1]);
    return { ends: [other, dialler], cut: () => dialler.terminate(), close() {} };
  },
  boundMiB: 32,
});

it('a QUIC channel counts the bytes that have arrived', async () => {
  const [dialler, other] = await connectedPair();
  await pass(dialler, other, [32]);
  const before = other.arrivedBytes!;
  dialler.send(new Uint8Array(1_000));
  expect((await other.receive()).kind).toBe('message');
  expect(other.arrivedBytes! - before).toBe(1_004);
});

describe('both ends of a QUIC channel that close at the same time', () => {
  it('receive everything', async () => {
    const [dialler, other] = await connectedPair();
    await pass(dialler, other, [32, 1, 1, 1]);
    await pass(other, dialler, [1, 1, 1]);
    for (const channel of [dialler, other]) {
      for (let i = 0; i < 8; i += 1) channel.send(new Uint8Array(512 * 1024).fill(i));
      channel.close();
    }
    const count = async (channel: DirectChannel) => {
      for (let received = 0; ; received += 1) {
        const event = await channel.receive();
        if (event.kind === 'closed') return [received, event.allWritten];
      }
    };
    expect(await Promise.all([count(dialler), count(other)])).toEqual([
      [8, true],
      [8, true],
    ]);
  });
});
