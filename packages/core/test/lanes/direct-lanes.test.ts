// How a sender comes to direct lanes, and comes back to them, on a clock that a test turns.
import { expect, it, vi } from 'vitest';
import { FakeClock } from '../../../../apps/relay/test/fake-clock.ts';
import type { DirectWays } from '../../src/direct/direct-ways.ts';
import { DirectLanes } from '../../src/lanes/direct-lanes.ts';
import type { LanePool } from '../../src/lanes/lane-pool.ts';
import { DIRECT_WAIT_MS, RTC_HEAD_MS } from '../../src/wire/limits.ts';

function start(isOnly = false) {
  const clock = new FakeClock();
  const pool = { hasDirect: false, hasProvenDirect: false, isOnlyDirect: false };
  const ways = { isOnly, isWebrtcAlone: false };
  const seen = { opened: 0, left: 0, tried: 0, failed: [] as string[] };
  const noteSaid = vi.fn();
  const direct = new DirectLanes({
    ways: ways as DirectWays,
    lanes: {
      pool: pool as unknown as LanePool,
      leaveRelay: () => {
        seen.left += 1;
      },
      tryDirect: () => {
        seen.tried += 1;
      },
    },
    clock,
    noteSaid,
    open: () => {
      seen.opened += 1;
    },
    fail: ({ code }) => seen.failed.push(code),
  });
  /** @param hasCarried whether something got through on it */
  const stands = (hasDirect: boolean, hasCarried = hasDirect) => {
    pool.hasDirect = hasDirect;
    pool.hasProvenDirect = hasCarried;
    direct.noteConnection();
  };
  return { clock, pool, ways, seen, noteSaid, direct, stands };
}

it('one lane is opened once the other end says where it can be reached', () => {
  const { direct, seen, clock } = start();
  direct.begin();
  expect(seen).toEqual({ opened: 1, left: 0, tried: 0, failed: [] });
  clock.advance(9_999);
  expect(seen.tried).toBe(0);
  // What isn't found at once may be there later.
  clock.advance(1);
  expect(seen).toEqual({ opened: 1, left: 0, tried: 1, failed: [] });
});

it('a way over WebRTC is tried once TCP and QUIC have had 5 s, and at once where there is nothing else', () => {
  const { clock, direct, seen, ways } = start();
  direct.begin();
  clock.advance(600);
  direct.renew();
  clock.advance(RTC_HEAD_MS - 601);
  expect(seen.tried).toBe(0);
  clock.advance(1);
  expect([seen.tried, RTC_HEAD_MS]).toEqual([1, 5_000]);
  // Another one, later.
  direct.renew();
  expect(seen.tried).toBe(2);
  ways.isWebrtcAlone = true;
  direct.begin();
  direct.renew();
  expect(seen.tried).toBe(3);
});

it('it isn’t tried where a direct lane stands by then, or the session has ended', () => {
  for (const prevent of [
    ({ stands }: ReturnType<typeof start>) => stands(true),
    ({ direct }: ReturnType<typeof start>) => direct.end(),
  ]) {
    const started = start();
    started.direct.begin();
    started.direct.renew();
    prevent(started);
    started.clock.advance(3_600_000);
    expect([started.seen.tried, started.clock.pending]).toEqual([0, 0]);
  }
});

it('all is said that may lead to a direct lane once WebRTC was answered, or one stands', () => {
  const answered = start();
  answered.direct.begin();
  expect(answered.noteSaid).toHaveBeenCalledTimes(0);
  answered.direct.renew();
  expect(answered.noteSaid).toHaveBeenCalledTimes(1);
  const found = start();
  found.direct.begin();
  found.stands(true);
  expect(found.noteSaid).toHaveBeenCalledTimes(1);
});

it('the others leave the relay when something got through on a direct lane, and not for each that follows', () => {
  const { seen, stands } = start();
  stands(true, false);
  expect(seen.left).toBe(0);
  stands(true);
  stands(true);
  expect(seen.left).toBe(1);
});

it('a direct path that was lost is tried again after 10 s, and then after twice as long each time, up to 10 min', () => {
  const { clock, seen, stands } = start();
  stands(true);
  stands(false);
  seen.tried = 0;
  let tries = 0;
  for (const restMs of [10, 20, 40, 80, 160, 320, 600, 600].map((seconds) => seconds * 1_000)) {
    clock.advance(restMs - 1);
    expect(seen.tried).toBe(tries);
    clock.advance(1);
    tries += 1;
    expect(seen.tried).toBe(tries);
  }
  // Found: the next loss begins with 10 s again.
  stands(true);
  stands(false);
  clock.advance(9_999);
  expect(seen.tried).toBe(tries);
  clock.advance(1);
  expect(seen.tried).toBe(tries + 1);
});

it('where content may take nothing else it ends after 20 s without a direct lane', () => {
  const { clock, pool, seen } = start(true);
  expect(pool.isOnlyDirect).toBe(true);
  clock.advance(DIRECT_WAIT_MS - 1);
  expect(seen.failed).toEqual([]);
  clock.advance(1);
  expect([seen.failed, DIRECT_WAIT_MS]).toEqual([['no-direct-path'], 20_000]);
});

it('it doesn’t end while a direct lane stands, but 20 s after that is lost', () => {
  const { clock, seen, direct, stands } = start(true);
  clock.advance(DIRECT_WAIT_MS - 1);
  direct.begin();
  clock.advance(DIRECT_WAIT_MS - 1);
  stands(true);
  clock.advance(3_600_000);
  expect(seen.failed).toEqual([]);
  stands(false);
  clock.advance(DIRECT_WAIT_MS - 1);
  expect(seen.failed).toEqual([]);
  clock.advance(1);
  expect(seen.failed).toEqual(['no-direct-path']);
});

it('the other end may want that too, and says so with where it can be reached', () => {
  const { clock, pool, seen, ways, direct } = start(false);
  clock.advance(3_600_000);
  ways.isOnly = true;
  direct.begin();
  expect([pool.isOnlyDirect, seen.failed]).toEqual([true, []]);
  clock.advance(DIRECT_WAIT_MS);
  expect(seen.failed).toEqual(['no-direct-path']);
});

it('a session that has ended tries nothing more, whatever becomes of its lanes', () => {
  const { clock, seen, direct, stands } = start(true);
  stands(true);
  direct.end();
  seen.left = 0;
  stands(false);
  direct.begin();
  clock.advance(3_600_000);
  expect([seen, clock.pending]).toEqual([{ opened: 0, left: 0, tried: 0, failed: [] }, 0]);
});
