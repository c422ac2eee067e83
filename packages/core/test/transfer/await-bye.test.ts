// How long a receiver that has everything waits for its sender's `bye`.
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../../../apps/relay/test/fake-clock.ts';
import { awaitBye } from '../../src/transfer/await-bye.ts';

/** Waits under a fake clock; `gaveUp` tells after how many ms, or null. */
function waiting() {
  const clock = new FakeClock();
  const path = { isConnected: true };
  let gaveUpMs: number | null = null;
  const cancel = awaitBye(
    clock,
    () => path.isConnected,
    () => {
      gaveUpMs = clock.nowMs();
    },
  );
  const start = clock.nowMs();
  return { clock, path, cancel, gaveUp: () => (gaveUpMs === null ? null : gaveUpMs - start) };
}

function pass(clock: FakeClock, seconds: number): void {
  for (let i = 0; i < seconds; i += 1) clock.advance(1000);
}

describe('a receiver that has everything', () => {
  it('waits ten seconds for a sender that is connected and says nothing', () => {
    const { clock, gaveUp } = waiting();
    pass(clock, 9);
    expect(gaveUp()).toBeNull();
    pass(clock, 100);
    expect(gaveUp()).toBe(10_000);
  });

  it('waits a minute for one that can’t be reached', () => {
    const { clock, path, gaveUp } = waiting();
    path.isConnected = false;
    pass(clock, 59);
    expect(gaveUp()).toBeNull();
    pass(clock, 100);
    expect(gaveUp()).toBe(60_000);
  });

  it('waits at most ten seconds more once it can be reached again', () => {
    const { clock, path, gaveUp } = waiting();
    path.isConnected = false;
    pass(clock, 25);
    path.isConnected = true;
    pass(clock, 100);
    expect(gaveUp()).toBe(30_000);
  });

  it('gives up no more once the `bye` has come', () => {
    const { clock, cancel, gaveUp } = waiting();
    pass(clock, 5);
    cancel();
    pass(clock, 100);
    expect(gaveUp()).toBeNull();
  });
});
