// Which path is told to a person, on a clock that a test turns.
import { beforeEach, expect, it } from 'vitest';
import { FakeClock } from '../../../../apps/relay/test/fake-clock.ts';
import { PathMeter } from '../../src/flow/path-meter.ts';
import { type Path, RELAY_PATH } from '../../src/ports/path.ts';

const LOCAL: Path = { kind: 'tcp', isLocal: true };
const FAR: Path = { kind: 'tcp', isLocal: false };

let clock: FakeClock;
let told: Path[];
let meter: PathMeter;

beforeEach(() => {
  [clock, told] = [new FakeClock(), []];
  meter = new PathMeter(clock, (path) => told.push(path));
});

it('the path of the first record is told at once, and not again while it stays', () => {
  meter.note(RELAY_PATH, 10);
  expect(told).toEqual([RELAY_PATH]);
  for (let i = 0; i < 50; i += 1) {
    clock.advance(100);
    meter.note({ ...RELAY_PATH }, 10);
  }
  expect(told).toEqual([RELAY_PATH]);
});

it('another is told when it has carried most of the first quarter of a second', () => {
  meter.note(RELAY_PATH, 1_000);
  clock.advance(249);
  meter.note(LOCAL, 2);
  expect(told).toEqual([RELAY_PATH]);
  clock.advance(1);
  meter.note(RELAY_PATH, 1);
  expect(told).toEqual([RELAY_PATH, LOCAL]);
});

it('another is told when it has carried most of a second’s bytes, and not before the second is over', () => {
  meter.note(RELAY_PATH, 10);
  clock.advance(250);
  meter.note(RELAY_PATH, 10);
  for (let i = 0; i < 9; i += 1) {
    clock.advance(100);
    meter.note(LOCAL, 1_000);
    meter.note(RELAY_PATH, 10);
  }
  clock.advance(99);
  meter.note(LOCAL, 1_000);
  expect(told).toEqual([RELAY_PATH]);
  clock.advance(1);
  meter.note(RELAY_PATH, 10);
  expect(told).toEqual([RELAY_PATH, LOCAL]);
});

it('a few bytes by way of the relay aren’t told', () => {
  meter.note(LOCAL, 10);
  for (let second = 0; second < 30; second += 1) {
    meter.note(LOCAL, 1_000);
    clock.advance(1_000);
    meter.note(RELAY_PATH, 999);
  }
  expect(told).toEqual([LOCAL]);
});

it('a direct path in the network of this device and one beyond it are two', () => {
  meter.note(LOCAL, 1);
  clock.advance(1_000);
  meter.note(FAR, 1);
  clock.advance(1_000);
  meter.note(LOCAL, 1);
  expect(told).toEqual([LOCAL, FAR, LOCAL]);
});

it('two paths that take turns are told once a second at most', () => {
  for (let i = 0; i < 1_000; i += 1) {
    meter.note(i % 2 === 0 ? LOCAL : RELAY_PATH, 1 + (i % 7));
    clock.advance(10);
  }
  expect(told.length).toBeLessThanOrEqual(11);
});
