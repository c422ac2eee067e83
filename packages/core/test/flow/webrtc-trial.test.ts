// Whether data takes WebRTC in place of the relay: what each brings, on a clock that a test turns.
import { beforeEach, expect, it } from 'vitest';
import { FakeClock } from '../../../../apps/relay/test/fake-clock.ts';
import { WebrtcTrial } from '../../src/flow/webrtc-trial.ts';

/** Until a change is seen, and measured. */
const ROUND_MS = 4_000;
const LONGEST_TRIAL_MS = 8_000;

let clock: FakeClock;
let lanes: {
  hasWebrtc: boolean;
  hasRelay: boolean;
  hasProvenDirect: boolean;
  isOnlyDirect: boolean;
  isFull: boolean;
  takesWebrtc: boolean;
};
let credit: { writtenBytes: number; hadRunOut: boolean };
let trial: WebrtcTrial;
let isSteady: boolean;
let left: number;
let sought: number[];
/** From one ack to the next. */
let ackMs: number;
/** Bytes per second. */
let rates: { relay: number; webrtc: number };

beforeEach(() => {
  clock = new FakeClock();
  lanes = {
    ...{ hasWebrtc: true, hasRelay: true, hasProvenDirect: false },
    ...{ isOnlyDirect: false, isFull: true, takesWebrtc: false },
  };
  credit = { writtenBytes: 0, hadRunOut: false };
  rates = { relay: 6e6, webrtc: 15e6 };
  ackMs = 100;
  [isSteady, left] = [true, 0];
  const leaveWebrtc = () => {
    left += 1;
  };
  sought = [];
  const seekRelay = () => void sought.push(clock.nowMs());
  trial = new WebrtcTrial({ lanes, credit, clock, isSteady: () => isSteady, leaveWebrtc, seekRelay });
});

/** Acks for a time; when data changed between the two, in ms since it began. */
function run(forMs: number): number[] {
  const changes: number[] = [];
  for (let ms = ackMs; ms <= forMs; ms += ackMs) {
    const before = lanes.takesWebrtc;
    clock.advance(ackMs);
    credit.writtenBytes += ((lanes.takesWebrtc ? rates.webrtc : rates.relay) * ackMs) / 1_000;
    trial.noteAck();
    if (lanes.takesWebrtc !== before) changes.push(ms);
  }
  return changes;
}

it('it is tried after 4 s of a slow relay, and kept where it brings 1.25 times as much', () => {
  rates.webrtc = rates.relay * 1.26;
  expect(run(60_000)).toEqual([ROUND_MS]);
  expect([lanes.takesWebrtc, left]).toEqual([true, 0]);
});

it('a relay so slow that acks are two seconds apart is judged too', () => {
  [ackMs, rates.relay, rates.webrtc] = [2_000, 200e3, 240e3];
  expect(run(12_000)).toEqual([6_000, 12_000]);
  rates.webrtc = 260e3;
  expect(run(70_000)).toHaveLength(1);
});

it('it is left after 4 s where it brings less, and what lies on it goes by way of the relay', () => {
  rates.webrtc = rates.relay * 1.24;
  expect(run(60_000)).toEqual([ROUND_MS, 2 * ROUND_MS]);
  expect(left).toBe(1);
});

it('it is judged again a minute later, and then after two, up to ten', () => {
  rates.webrtc = 1e6;
  const changes = run(4 * 3_600_000);
  const tried = changes.filter((_, i) => i % 2 === 0);
  const rests = tried.slice(1).map((ms, i) => ms - changes[2 * i + 1]!);
  // The relay is measured anew from the last ack of each rest.
  expect(rests.slice(0, 6).map((ms) => ms - ROUND_MS + ackMs)).toEqual(
    [60, 120, 240, 480, 600, 600].map((s) => s * 1000),
  );
});

it('a relay that has become fast is taken again once its turn is over', () => {
  expect(run(ROUND_MS * 2)).toEqual([ROUND_MS]);
  rates.relay = 60e6;
  const changes = run(200_000);
  expect(lanes.takesWebrtc).toBe(false);
  expect(changes[0]).toBe(60_000);
});

it('one that is kept is not cut when it is judged again, so that it stands once the relay is measured', () => {
  expect(run(190_000)).toEqual([ROUND_MS, 68_000, 68_000 + ROUND_MS]);
  expect([lanes.takesWebrtc, left]).toEqual([true, 0]);
});

it('a fast relay, and one that isn’t what holds the transfer up, are left alone', () => {
  rates.relay = 33e6;
  expect(run(60_000)).toEqual([]);
  [rates.relay, lanes.isFull] = [6e6, false];
  expect(run(60_000)).toEqual([]);
  credit.hadRunOut = true;
  expect(run(60_000)).toHaveLength(1);
});

it('it waits until it is known how many of the relay’s lanes bring something', () => {
  isSteady = false;
  expect(run(60_000)).toEqual([]);
  isSteady = true;
  expect(run(60_000)).toEqual([ROUND_MS]);
});

it.each([
  ['a lane over WebRTC', { hasWebrtc: false }],
  ['a lane by way of the relay', { hasRelay: false }],
])('nothing is tried without %s', (_name, state) => {
  Object.assign(lanes, state);
  expect(run(60_000)).toEqual([]);
});

it.each([{ hasProvenDirect: true }, { isOnlyDirect: true }])('nothing is tried with %j', (state) => {
  Object.assign(lanes, state);
  expect(run(60_000)).toEqual([]);
});

it('one that swallows everything is left after 8 s, though no ack comes', () => {
  run(ROUND_MS);
  expect(lanes.takesWebrtc).toBe(true);
  clock.advance(LONGEST_TRIAL_MS - 1);
  expect([lanes.takesWebrtc, left]).toEqual([true, 0]);
  clock.advance(1);
  expect([lanes.takesWebrtc, left]).toEqual([false, 1]);
  // And rests like any other.
  expect(run(59_000)).toEqual([]);
});

it('a trial during which it is lost decides nothing, and neither does one that the end of the content cuts short', () => {
  run(ROUND_MS);
  lanes.hasWebrtc = false;
  trial.noteAck();
  expect([lanes.takesWebrtc, clock.pending]).toEqual([false, 0]);
  lanes.hasWebrtc = true;
  expect(run(2 * ROUND_MS)[0]).toBeGreaterThanOrEqual(ROUND_MS - ackMs);
  trial.end();
  expect(clock.pending).toBe(0);
});

it('it goes on carrying content while the relay is gone', () => {
  run(3 * ROUND_MS);
  lanes.hasRelay = false;
  run(120_000);
  expect(lanes.takesWebrtc).toBe(true);
});

it('lanes whose relay went look for it after a minute, then after twice as long, up to ten', () => {
  lanes.hasRelay = false;
  const beganMs = clock.nowMs() + ackMs;
  run(2 * 3_600_000);
  const rests = sought.map((ms, i) => ms - (sought[i - 1] ?? beganMs));
  expect(rests.slice(0, 6)).toEqual([60, 120, 240, 480, 600, 600].map((s) => s * 1000));
});

it.each([
  ['it is there', { hasRelay: true }],
  ['content was found to go better over WebRTC', { takesWebrtc: true }],
  ['a better path stands', { hasProvenDirect: true }],
  ['it may not be taken', { isOnlyDirect: true }],
])('the relay isn’t looked for where %s', (_name, state) => {
  Object.assign(lanes, { hasRelay: false, ...state });
  rates.relay = 33e6;
  run(600_000);
  expect(sought).toEqual([]);
});
