// Whether the relay’s lanes are taken beside a direct path: what one and both bring, on a clock that a test turns.
import { beforeEach, expect, it } from 'vitest';
import { FakeClock } from '../../../../apps/relay/test/fake-clock.ts';
import { PathTrial } from '../../src/flow/path-trial.ts';

const ACK_MS = 100;
/** Until a change is seen, and measured. */
const ROUND_MS = 4_000;

let clock: FakeClock;
let lanes: { hasDirect: boolean; isMixed: boolean; isOnlyDirect: boolean; isFull: boolean };
let credit: { writtenBytes: number; hadRunOut: boolean };
let trial: PathTrial;
/** Bytes per second by the direct path alone, and by both. */
let rates: { direct: number; both: number };

beforeEach(() => {
  clock = new FakeClock();
  lanes = { hasDirect: true, isMixed: false, isOnlyDirect: false, isFull: true };
  credit = { writtenBytes: 0, hadRunOut: false };
  rates = { direct: 10e6, both: 20e6 };
  trial = new PathTrial({ lanes, credit, clock });
});

/** Acks for a time; when it changed between one kind and both, in ms since it began. */
function run(forMs: number): number[] {
  const changes: number[] = [];
  for (let ms = ACK_MS; ms <= forMs; ms += ACK_MS) {
    clock.advance(ACK_MS);
    credit.writtenBytes += ((lanes.isMixed ? rates.both : rates.direct) * ACK_MS) / 1_000;
    const before = lanes.isMixed;
    trial.noteAck();
    if (lanes.isMixed !== before) changes.push(ms);
  }
  return changes;
}

it('both are tried after 4 s of a slow direct path, and kept where they bring 1.25 times as much', () => {
  rates.both = rates.direct * 1.26;
  expect(run(60_000)).toEqual([ROUND_MS]);
  expect(lanes.isMixed).toBe(true);
});

it('both are left again after 4 s where they bring less, and the next trial is a minute later, and then two', () => {
  rates.both = rates.direct * 1.24;
  const changes = run(400_000);
  expect(changes.slice(0, 2)).toEqual([ROUND_MS, 2 * ROUND_MS]);
  const rests = changes.flatMap((ms, i) => (i % 2 === 0 && i > 0 ? [ms - changes[i - 1]!] : []));
  // To the end of the measurement in which the rest is over.
  expect(rests[0]).toBe(60_000);
  expect(rests[1]).toBe(120_000);
});

it('a fast direct path is left alone', () => {
  rates.direct = 65e6;
  expect(run(120_000)).toEqual([]);
  rates.direct = 63e6;
  expect(run(10_000).length).toBeGreaterThan(0);
});

it('a path that isn’t what holds the transfer up is left alone', () => {
  lanes.isFull = false;
  expect(run(120_000)).toEqual([]);
  // A receiver’s window that runs out says the same as a full lane.
  credit.hadRunOut = true;
  expect(run(10_000).length).toBeGreaterThan(0);
});

it('nothing is tried without a direct lane, nor where content may take nothing else', () => {
  for (const state of [{ hasDirect: false }, { isOnlyDirect: true }]) {
    Object.assign(lanes, { hasDirect: true, isOnlyDirect: false }, state);
    expect(run(120_000)).toEqual([]);
  }
});

it('a trial during which the direct lane is lost decides nothing, and the next one measures anew', () => {
  run(ROUND_MS);
  expect(lanes.isMixed).toBe(true);
  lanes.hasDirect = false;
  run(ACK_MS);
  expect(lanes.isMixed).toBe(false);
  lanes.hasDirect = true;
  expect(run(60_000)).toEqual([ROUND_MS]);
});

it('both that are kept are compared with the direct path alone again a minute later, and left if it is fast by then', () => {
  expect(run(60_000)).toEqual([ROUND_MS]);
  expect(run(8_000)).toEqual([8_000]);
  expect(lanes.isMixed).toBe(false);
  rates.direct = 100e6;
  expect(run(600_000)).toEqual([]);
});

it('a receiver that said nothing for a while, such as one that was paused, says nothing of the path', () => {
  rates.both = rates.direct * 1.26;
  run(ROUND_MS + 2_000);
  clock.advance(30_000);
  run(ROUND_MS);
  expect(lanes.isMixed).toBe(true);
});
