// Whether QUIC is taken in place of TCP: what each brings, on a clock that a test turns.
import { beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../../../apps/relay/test/fake-clock.ts';
import { QuicTrial } from '../../src/flow/quic-trial.ts';
import type { DialledKind, DirectKind } from '../../src/ports/path.ts';
import { MAX_QUIC_TRIALS } from '../../src/wire/limits.ts';

const ACK_MS = 100;
const MIB = 1024 * 1024;
const MEASURED = 16 * MIB;
const SETTLE_MS = 1_000;
const JOIN_MS = 10_000;
const FIRST_REST_MS = 60_000;

let clock: FakeClock;
let credit: { writtenBytes: number; hadRunOut: boolean };
let kinds: Set<DirectKind>;
let lanes: {
  preferred: DialledKind;
  isMixed: boolean;
  isFull: boolean;
  hasProvenDirect: boolean;
  standsBy(kind: DirectKind): boolean;
};
let trial: QuicTrial;
/** Bytes per second by each. */
let rates: { tcp: number; quic: number };
let opened: number[];
let kindsOpened: DialledKind[];
let left: number[];
let isQuicReachable: boolean;
let hasBothKinds: boolean;
/** In ms. */
let nowMs: number;

beforeEach(() => {
  clock = new FakeClock();
  [opened, kindsOpened, left, nowMs] = [[], [], [], 0];
  [isQuicReachable, hasBothKinds] = [true, true];
  kinds = new Set(['tcp']);
  lanes = {
    preferred: 'tcp',
    isMixed: false,
    isFull: true,
    hasProvenDirect: true,
    standsBy: (kind) => kinds.has(kind),
  };
  credit = { writtenBytes: 0, hadRunOut: false };
  rates = { tcp: 8e6, quic: 20e6 };
  start(Number.POSITIVE_INFINITY);
});

function start(contentBytes: number): void {
  trial = new QuicTrial({
    lanes,
    credit,
    clock,
    contentBytes,
    hasBothKinds: () => hasBothKinds,
    open: (kind) => {
      opened.push(nowMs);
      kindsOpened.push(kind);
      if (kind === 'tcp' || isQuicReachable) kinds.add(kind);
    },
    leaveQuic: () => left.push(nowMs),
  });
}

/** Acks for a time; when data changed between kinds, in ms since the beginning. */
function run(forMs: number, isOtherTried = false): number[] {
  const changes: number[] = [];
  for (const endMs = nowMs + forMs; nowMs < endMs; ) {
    const before = lanes.preferred;
    const rate = lanes.preferred === 'quic' ? rates.quic : rates.tcp;
    nowMs += ACK_MS;
    clock.advance(ACK_MS);
    credit.writtenBytes += (rate * ACK_MS) / 1_000;
    if (rate > 0) trial.noteAck(isOtherTried);
    if (lanes.preferred !== before) changes.push(nowMs);
  }
  return changes;
}

const measuredMs = (rate: number) => Math.ceil((MEASURED * 1_000) / rate / ACK_MS) * ACK_MS;
/** The first ack begins the measurement, and the one after the lane stands begins the trial. */
const TRIED_AT_MS = () => measuredMs(rates.tcp) + 2 * ACK_MS;

it('QUIC is tried once 16 MiB went over TCP, and kept where 16 MiB over it are 1.25 times as fast', () => {
  rates.quic = rates.tcp * 1.26;
  expect(run(60_000)).toEqual([TRIED_AT_MS()]);
  expect([lanes.preferred, left.length, opened.length, trial.isUnderWay]).toEqual(['quic', 0, 1, false]);
});

it('QUIC that brings less is left after no more than its 16 MiB, with what lies on it', () => {
  rates.quic = rates.tcp * 1.24;
  const [triedMs, leftMs] = run(60_000);
  expect(triedMs).toBe(TRIED_AT_MS());
  const latestMs = SETTLE_MS + measuredMs(rates.quic) + 2 * ACK_MS;
  expect(leftMs! - triedMs!).toBeLessThanOrEqual(latestMs);
  expect(left).toEqual([leftMs]);
});

it.each([0, 0.4e6])(
  'QUIC that carries %d bytes a second is left by the clock, though no 16 MiB come',
  (rate) => {
    rates.quic = rate;
    const [triedMs, leftMs] = run(60_000);
    // The time that 16 MiB may take, and a second.
    const mostMs = SETTLE_MS + measuredMs(rates.tcp * 1.25) + 1_000;
    expect(leftMs! - triedMs!).toBeLessThanOrEqual(mostMs + ACK_MS);
  },
);

it('QUIC is tried again a minute later, then two, and no more than three times', () => {
  rates.quic = 1e6;
  run(3_600_000);
  expect(left).toHaveLength(MAX_QUIC_TRIALS);
  const rests = left.slice(1).map((ms, i) => ms - left[i]!);
  expect(rests[0]).toBeGreaterThanOrEqual(FIRST_REST_MS);
  expect(rests[1]).toBeGreaterThanOrEqual(2 * FIRST_REST_MS);
  // The lane that stands is taken again.
  expect(opened).toHaveLength(1);
});

describe('QUIC is not tried', () => {
  it.each([
    ['where an end lacks it', () => (hasBothKinds = false)],
    ['where TCP carries 64 MB/s', () => (rates.tcp = 64e6)],
    ['where it isn’t the path that holds the transfer up', () => (lanes.isFull = false)],
    ['where no direct path stands', () => kinds.clear()],
    ['before anything got through directly', () => (lanes.hasProvenDirect = false)],
    ['while the relay’s lanes are used too', () => (lanes.isMixed = true)],
    ['for less than 64 MiB', () => start(64 * MIB - 1)],
  ])('%s', (_name, change) => {
    change();
    expect([run(120_000), opened]).toEqual([[], []]);
  });

  it('while something else is', () => {
    expect([run(120_000, true), opened]).toEqual([[], []]);
    expect(run(10_000).length).toBe(1);
  });
});

it('a lane of QUIC that doesn’t stand within 10 s holds up nothing, and is given up', () => {
  isQuicReachable = false;
  expect(run(JOIN_MS + TRIED_AT_MS())).toEqual([]);
  expect([trial.isUnderWay, opened.length, left.length]).toEqual([false, 1, 0]);
  run(FIRST_REST_MS + 10_000);
  expect(opened).toHaveLength(2);
});

it.each(['trying', 'kept'])(
  'a lane of QUIC that is lost while it is %s gives data back to TCP at once',
  (phase) => {
    run(TRIED_AT_MS() + (phase === 'kept' ? 10_000 : 500));
    expect([lanes.preferred, trial.isUnderWay]).toEqual(['quic', phase === 'trying']);
    kinds.delete('quic');
    run(ACK_MS);
    expect(lanes.preferred).toBe('tcp');
  },
);

it('TCP is sought where QUIC was met alone and is what holds the transfer up, and then both are compared', () => {
  kinds = new Set(['quic']);
  run(measuredMs(rates.tcp) + 2 * ACK_MS);
  expect([kindsOpened, lanes.preferred, trial.isUnderWay]).toEqual([['tcp'], 'tcp', false]);
  run(FIRST_REST_MS + 20_000);
  expect(lanes.preferred).toBe('quic');
});

it('TCP is not sought where QUIC carries 64 MB/s', () => {
  kinds = new Set(['quic']);
  rates.tcp = 65e6;
  run(120_000);
  expect(opened).toEqual([]);
});

it('QUIC that was kept is left once it brings less than TCP did', () => {
  run(20_000);
  expect(lanes.preferred).toBe('quic');
  rates.quic = rates.tcp * 1.05;
  expect(run(20_000)).toEqual([]);
  rates.quic = rates.tcp * 0.5;
  expect(run(20_000)).toHaveLength(1);
  expect([lanes.preferred, left.length]).toEqual(['tcp', 1]);
});

it('QUIC that was kept stays while the receiver, and not the path, is what is slow', () => {
  run(20_000);
  rates.quic = rates.tcp * 0.1;
  lanes.isFull = false;
  expect(run(60_000)).toEqual([]);
});

it('once everything is given to the lanes, a trial ends, and nobody waits for what lies on QUIC', () => {
  rates.quic = 0.4e6;
  run(TRIED_AT_MS() + 200);
  expect(trial.isUnderWay).toBe(true);
  trial.finish();
  expect([lanes.preferred, left.length, clock.pending]).toEqual(['tcp', 1, 0]);
  expect(run(300_000)).toEqual([]);
});

it('once it has ended nothing is left on the clock', () => {
  run(TRIED_AT_MS() + 200);
  trial.end();
  expect([clock.pending, left.length]).toEqual([0, 0]);
});
