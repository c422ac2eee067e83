// When a connection counts as dead.
import { expect, it } from 'vitest';
import { startHeartbeat } from '../../src/sockets/heartbeat.ts';
import { FakeClock } from '../fake-clock.ts';

const INTERVAL_MS = 25_000;
const STALLED_MS = 8 * INTERVAL_MS;
const LIMITS = { pingIntervalMs: INTERVAL_MS, stalledTimeoutMs: STALLED_MS };

function peerOn(clock: FakeClock) {
  const peer = {
    isPaused: false,
    bufferedAmount: 0,
    pings: 0,
    isDead: false,
    ping() {
      peer.pings += 1;
    },
    terminate() {
      peer.isDead = true;
    },
  };
  return { peer, heartbeat: startHeartbeat(peer, LIMITS, clock) };
}

it('ends a connection two intervals after the first ping that nothing answered', () => {
  const clock = new FakeClock();
  const { peer } = peerOn(clock);
  clock.advance(3 * INTERVAL_MS - 1);
  expect(peer).toMatchObject({ pings: 2, isDead: false });
  clock.advance(1);
  expect(peer.isDead).toBe(true);
  expect(clock.pending).toBe(0);
});

it('lets one live that shows any sign of life', () => {
  const clock = new FakeClock();
  const { peer, heartbeat } = peerOn(clock);
  for (let i = 0; i < 20; i++) {
    clock.advance(2 * INTERVAL_MS);
    heartbeat.sawLife();
  }
  expect(peer.isDead).toBe(false);
});

it('takes one that the relay has paused for alive', () => {
  const clock = new FakeClock();
  const { peer } = peerOn(clock);
  peer.isPaused = true;
  clock.advance(100 * INTERVAL_MS);
  expect(peer.isDead).toBe(false);
  peer.isPaused = false;
  clock.advance(3 * INTERVAL_MS);
  expect(peer.isDead).toBe(true);
});

it('waits for one that takes nothing of what waits for it, and asks nothing of it meanwhile', () => {
  const clock = new FakeClock();
  const { peer } = peerOn(clock);
  peer.bufferedAmount = 1;
  clock.advance(STALLED_MS);
  expect(peer).toMatchObject({ pings: 0, isDead: false });
  clock.advance(INTERVAL_MS);
  expect(peer.isDead).toBe(true);
  expect(clock.pending).toBe(0);
});

it('begins to wait anew whenever some bytes are taken', () => {
  const clock = new FakeClock();
  const { peer, heartbeat } = peerOn(clock);
  peer.bufferedAmount = 1;
  for (let i = 0; i < 20; i++) {
    clock.advance(STALLED_MS);
    heartbeat.sawLife();
  }
  expect(peer.isDead).toBe(false);
});

it('asks again once nothing waits any more, and ends one that then stays silent', () => {
  const clock = new FakeClock();
  const { peer, heartbeat } = peerOn(clock);
  peer.bufferedAmount = 1;
  clock.advance(5 * INTERVAL_MS);
  peer.bufferedAmount = 0;
  heartbeat.sawLife();
  clock.advance(2 * INTERVAL_MS);
  expect(peer).toMatchObject({ pings: 2, isDead: false });
  clock.advance(INTERVAL_MS);
  expect(peer.isDead).toBe(true);
});

it('stops', () => {
  const clock = new FakeClock();
  const { peer, heartbeat } = peerOn(clock);
  heartbeat.stop();
  clock.advance(10 * INTERVAL_MS);
  expect(peer).toMatchObject({ pings: 0, isDead: false });
});
