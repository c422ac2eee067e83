import type { TransferEvent } from '@p2p-copy/core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { calmEvents } from '../../../src/engine/jobs/calm-events.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const progress = (bytes: number): TransferEvent => ({
  type: 'progress',
  bytes,
  keptBytes: 0,
  totalBytes: 100,
  filesDone: 0,
});

test('progress is told at most ten times a second, the newest, and in order with the rest', () => {
  const told: TransferEvent[] = [];
  const done: number[] = [];
  const { onEvent, flush } = calmEvents(
    (event) => told.push(event),
    (indices) => done.push(...indices),
  );
  for (let bytes = 1; bytes <= 50; bytes++) onEvent(progress(bytes));
  expect(told).toEqual([]);
  vi.advanceTimersByTime(100);
  expect(told).toEqual([progress(50)]);

  onEvent(progress(60));
  onEvent({ type: 'joined' });
  expect(told.slice(1)).toEqual([progress(60), { type: 'joined' }]);

  onEvent(progress(70));
  onEvent({ type: 'file-done', index: 1 });
  flush();
  vi.runAllTimers();
  expect([told.slice(3), done]).toEqual([[progress(70)], [1]]);
});
