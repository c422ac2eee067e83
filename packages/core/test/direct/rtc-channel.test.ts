// A channel over a data channel: messages are cut to pieces and put together, within bounds, whatever the other end sends.
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { RtcChannel } from '../../src/direct/rtc-channel.ts';
import { RTC_LOW_BYTES } from '../../src/ports/rtc-network.ts';
import { RTC_PIECE_BYTES } from '../../src/wire/limits.ts';
import { channelContract } from '../ports/channel-contract.ts';
import { turns } from './memory-network.ts';
import { dataChannelPair, type MemoryDataChannel } from './memory-rtc.ts';

const MORE = 0;
const LAST = 1;
const END = 2;
const HIGH_BYTES = 1024 * 1024;
const LIMIT_BYTES = 1_000_000;

let waiting: number;
let closed: number;
let channel: RtcChannel;
let theirs: MemoryDataChannel;
let own: MemoryDataChannel;

const channelOn = (each: MemoryDataChannel, limitBytes = 2 ** 21) =>
  new RtcChannel(each, {
    limitOf: () => limitBytes,
    onWaiting: (bytes) => {
      waiting += bytes;
    },
    onClosed: () => {
      closed += 1;
    },
  });

beforeEach(() => {
  [waiting, closed] = [0, 0];
  [own, theirs] = dataChannelPair();
  channel = channelOn(own, LIMIT_BYTES);
});

const piece = (kind: number, sizeBytes: number) => {
  const bytes = new Uint8Array(sizeBytes).fill(7);
  bytes[0] = kind;
  return bytes;
};

channelContract('a channel over a data channel in memory', {
  async connect() {
    const ends = dataChannelPair();
    return { ends: [channelOn(ends[0]), channelOn(ends[1])], cut: () => ends[0].close(), close() {} };
  },
  boundMiB: null,
});

describe('a message', () => {
  const PAYLOAD = RTC_PIECE_BYTES - 1;

  it.each([
    [0, 1],
    [1, 1],
    [PAYLOAD - 1, 1],
    [PAYLOAD, 1],
    [PAYLOAD + 1, 2],
    [2 * PAYLOAD, 2],
    [2 * PAYLOAD + 1, 3],
  ])('of %i bytes goes in %i pieces of at most 64 KiB', async (sizeBytes, count) => {
    const other = channelOn(theirs);
    channel.send(new Uint8Array(sizeBytes).fill(3));
    const event = await other.receive();
    expect(own.sent.map(({ length }) => length)).toHaveLength(count);
    expect(Math.max(...own.sent.map(({ length }) => length))).toBeLessThanOrEqual(65_536);
    expect(event.kind === 'message' && event.bytes).toEqual(new Uint8Array(sizeBytes).fill(3));
  });

  it('waits while the data channel is full, and goes on when that is low, so that nothing is queued without bound', async () => {
    own.isStalled = true;
    for (let i = 0; i < 4; i += 1) channel.send(new Uint8Array(1024 * 1024));
    expect(own.bufferedAmount).toBeLessThan(HIGH_BYTES + RTC_PIECE_BYTES);
    const drained = channel.drained(1024 * 1024);
    own.flush();
    own.flush();
    own.flush();
    await drained;
    expect(channel.bufferedBytes).toBeLessThanOrEqual(1024 * 1024);
    own.flush();
    expect(channel.bufferedBytes).toBe(0);
  });

  it('that the data channel keeps below its threshold counts as sent', () => {
    own.isStalled = true;
    channel.send(new Uint8Array(RTC_LOW_BYTES - 10_000));
    expect(own.bufferedAmount).toBeGreaterThan(0);
    expect(channel.bufferedBytes).toBe(0);
  });
});

describe('a channel is dropped', () => {
  it.each([
    ['an empty piece', [new Uint8Array()]],
    ['a piece of no kind', [piece(3, 10)]],
    ['a piece above 64 KiB', [piece(LAST, RTC_PIECE_BYTES + 1)]],
    ['a short piece that isn’t the last', [piece(MORE, RTC_PIECE_BYTES - 1)]],
    ['a piece of one byte that isn’t the last', [piece(MORE, 1)]],
    ['an end with bytes', [piece(END, 2)]],
    ['an end within a message', [piece(MORE, RTC_PIECE_BYTES), piece(END, 1)]],
    ['a message above its limit', Array(16).fill(piece(MORE, RTC_PIECE_BYTES))],
  ])('at %s', async (_name, pieces) => {
    for (const each of pieces as Uint8Array<ArrayBuffer>[]) theirs.send(each);
    await turns();
    expect(await channel.receive()).toMatchObject({ kind: 'closed', why: 'malformed' });
    expect([own.isClosed, waiting, closed]).toEqual([true, 0, 1]);
  });

  it('and not at a message that just keeps its limit', async () => {
    for (let left = LIMIT_BYTES; left > 0; left -= RTC_PIECE_BYTES - 1) {
      const isLast = left <= RTC_PIECE_BYTES - 1;
      theirs.send(piece(isLast ? LAST : MORE, isLast ? left + 1 : RTC_PIECE_BYTES));
    }
    const event = await channel.receive();
    expect(event.kind === 'message' && event.bytes.length).toBe(LIMIT_BYTES);
  });

  it('whatever comes, it throws nothing, and counts what waits exactly', async () => {
    const pieces = fc.array(
      fc.record({
        kind: fc.integer({ min: 0, max: 3 }),
        sizeBytes: fc.constantFrom(0, 1, 2, 500, 65_536, 65_537),
      }),
    );
    await fc.assert(
      fc.asyncProperty(pieces, async (all) => {
        const [a, b] = dataChannelPair();
        waiting = 0;
        const each = channelOn(a, 100_000);
        for (const { kind, sizeBytes } of all) b.send(piece(kind, sizeBytes));
        await turns(2);
        expect(waiting).toBeGreaterThanOrEqual(0);
        each.terminate();
        await turns(2);
        expect(waiting).toBe(0);
      }),
      { numRuns: 50 },
    );
  });
});

it('what waits to be received is told with an allowance for each message, since a flood may be of empty ones', async () => {
  for (let i = 0; i < 100; i += 1) theirs.send(piece(LAST, 1));
  await turns();
  expect(waiting).toBe(100 * 256);
  for (let i = 0; i < 100; i += 1) await channel.receive();
  expect(waiting).toBe(0);
});
