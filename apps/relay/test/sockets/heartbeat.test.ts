// When a connection counts as dead.
import { expect, it } from 'vitest';
import { startHeartbeat } from '../../src/sockets/heartbeat.ts';
import { FakeClock } from '../fake-clock.ts';

const INTERVAL_MS = 25_000;
const STALLED_MS = 8 * INTERVAL_MS;
const LIMITS = { pingIntervalMs: INTERVAL_MS, stalledTimeoutMs: STALLED_MS };

function patientOn(clock: FakeClock) {
  const patient = {
    isPaused: false,
    bufferedAmount: 0,
    pings: 0,
    isDead: false,
    ping() {
      patient.pings += 1;
    },
    terminate() {
      patient.isDead = true;
    },
  };
  return { patient, heartbeat: startHeartbeat(patient, LIMITS, clock) };
}

it('ends a connection two intervals after the first ping that nothing answered', () => {
  const clock = new FakeClock();
  const { patient } = patientOn(clock);
  clock.advance(3 * INTERVAL_MS - 1);
  expect(patient).toMatchObject({ pings: 2, isDead: false });
  clock.advance(1);
  expect(patient.isDead).toBe(true);
  expect(clock.pending).toBe(0);
});

it('lets one live that shows any sign of life', () => {
  const clock = new FakeClock();
  const { patient, heartbeat } = patientOn(clock);
  for (let i = 0; i < 20; i++) {
    clock.advance(2 * INTERVAL_MS);
    heartbeat.sawLife();
  }
  expect(patient.isDead).toBe(false);
});

it('takes one that the relay has paused for alive', () => {
  const clock = new FakeClock();
  const { patient } = patientOn(clock);
  patient.isPaused = true;
  clock.advance(100 * INTERVAL_MS);
  expect(patient.isDead).toBe(false);
  patient.isPaused = false;
  clock.advance(3 * INTERVAL_MS);
  expect(patient.isDead).toBe(true);
});

it('waits for one that takes nothing of what waits for it, and asks nothing of it meanwhile', () => {
  const clock = new FakeClock();
  const { patient } = patientOn(clock);
  patient.bufferedAmount = 1;
  clock.advance(STALLED_MS);
  expect(patient).toMatchObject({ pings: 0, isDead: false });
  clock.advance(INTERVAL_MS);
  expect(patient.isDead).toBe(true);
  expect(clock.pending).toBe(0);
});

it('begins to wait anew whenever some bytes are taken', () => {
  const clock = new FakeClock();
  const { patient, heartbeat } = patientOn(clock);
  patient.bufferedAmount = 1;
  for (let i = 0; i < 20; i++) {
    clock.advance(STALLED_MS);
    heartbeat.sawLife();
  }
  expect(patient.isDead).toBe(false);
});

it('asks again once nothing waits any more, and ends one that then stays silent', () => {
  const clock = new FakeClock();
  const { patient, heartbeat } = patientOn(clock);
  patient.bufferedAmount = 1;
  clock.advance(5 * INTERVAL_MS);
  patient.bufferedAmount = 0;
  heartbeat.sawLife();
  clock.advance(2 * INTERVAL_MS);
  expect(patient).toMatchObject({ pings: 2, isDead: false });
  clock.advance(INTERVAL_MS);
  expect(patient.isDead).toBe(true);
});

it('stops', () => {
  const clock = new FakeClock();
  const { patient, heartbeat } = patientOn(clock);
  heartbeat.stop();
  clock.advance(10 * INTERVAL_MS);
  expect(patient).toMatchObject({ pings: 0, isDead: false });
});
