// Whole transfers of two ends that know WebRTC, as browsers do: over connections in memory, beside a relay in memory.
import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { TransferError } from '../../src/foundation/errors.ts';
import type { DialRelay } from '../../src/ports/relay-socket.ts';
import type { RtcNetwork } from '../../src/ports/rtc-network.ts';
import { MemoryRtc } from '../direct/memory-rtc.ts';
import { fileEntry } from './rig/memory-files.ts';
import { MemoryRelay } from './rig/memory-relay.ts';
import { type PairOptions, runPair } from './rig/run-pair.ts';

const CONTENT = new Uint8Array(randomBytes(24 * 1024 * 1024));

let rtc: MemoryRtc;
let relay: MemoryRelay;

beforeEach(() => {
  [rtc, relay] = [new MemoryRtc(), new MemoryRelay()];
});

async function transfer(options: PairOptions): Promise<Awaited<ReturnType<typeof runPair>>> {
  const ended = await runPair([fileEntry('large.bin', CONTENT)], { relay, ...options });
  expect([ended.sent, ended.received]).toMatchObject([{ status: 'fulfilled' }, { status: 'fulfilled' }]);
  expect(Buffer.compare(ended.folder.files.get('large.bin')!, CONTENT)).toBe(0);
  return ended;
}

const pathsIn = (events: readonly { type: string }[]) =>
  events.flatMap((event) => (event.type === 'path' ? [(event as unknown as { kind: string }).kind] : []));

/** Bytes that an end sent on data channels. */
const bytesOver = (connection: MemoryRtc['connections'][number]) =>
  connection.channels.reduce(
    (sum, { sent }) => sum + sent.reduce((bytes, { length }) => bytes + length, 0),
    0,
  );

describe('content over WebRTC', () => {
  it('arrives whole where nothing else may be taken, and no connection is left', async () => {
    const ports = { rtc: rtc.network() };
    const { events } = await transfer({
      ports: { sender: ports, receiver: ports },
      send: { path: 'direct' },
      receive: { path: 'direct' },
    });
    expect([pathsIn(events.sender), pathsIn(events.receiver)]).toEqual([['webrtc'], ['webrtc']]);
    const [receiver, sender] = rtc.connections;
    expect(rtc.connections.map(({ isClosed }) => isClosed)).toEqual([true, true]);
    expect(bytesOver(sender!)).toBeGreaterThan(CONTENT.length);
    expect(bytesOver(receiver!)).toBeLessThan(CONTENT.length / 100);
  });

  it('goes on where the relay is gone for good in the middle of it', async () => {
    let isGone = false;
    const dial: DialRelay = (...from) =>
      isGone ? Promise.reject(new TransferError('relay-unreachable')) : relay.dial(...from);
    const ports = { rtc: rtc.network(), dial };
    const { events } = await transfer({
      ports: { sender: ports, receiver: ports },
      send: { reconnectTimeoutMs: 60_000, lanes: 1 },
      receive: {
        reconnectTimeoutMs: 60_000,
        windowBytes: 1024 * 1024,
        onEvent({ type }) {
          if (isGone || type !== 'progress') return;
          isGone = true;
          relay.cutAll();
        },
      },
    });
    expect(isGone).toBe(true);
    expect(pathsIn(events.receiver).at(-1)).toBe('webrtc');
  });

  it('isn’t sought where one side doesn’t know it, or wants the relay alone', async () => {
    const ports = { rtc: rtc.network() };
    await transfer({ ports: { sender: ports } });
    await transfer({ ports: { receiver: ports } });
    await transfer({ ports: { sender: ports, receiver: ports }, send: { path: 'relay' } });
    await transfer({ ports: { sender: ports, receiver: ports }, receive: { path: 'relay' } });
    expect(rtc.connections).toEqual([]);
  });

  it('isn’t waited for where the sender’s answer doesn’t come to be: all goes by way of the relay', async () => {
    const network = rtc.network();
    const sender: RtcNetwork = {
      ...network,
      answer: (...from) =>
        Object.assign(network.answer(...from), { describe: () => new Promise<never>(() => {}) }),
    };
    const { events } = await transfer({
      ports: { sender: { rtc: sender }, receiver: { rtc: network } },
    });
    expect(pathsIn(events.receiver)).toEqual(['relay']);
  });

  it('stays on the relay while that is fast, with a lane over WebRTC beside it', async () => {
    const ports = { rtc: rtc.network() };
    const { events } = await transfer({ ports: { sender: ports, receiver: ports } });
    expect(pathsIn(events.receiver)).toEqual(['relay']);
    for (const connection of rtc.connections) expect(bytesOver(connection)).toBeLessThan(100_000);
  });
});
