import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ENGINE_READY } from '../../src/contract/messages.ts';
import { EngineWorker } from '../../src/sessions/engine-worker.ts';

/** Stands in for the browser's worker: its script comes or doesn't when the test says so. */
class FakeWorker {
  onmessage: (event: { data: unknown }) => void = () => {};
  onerror: (event: { message: string }) => void = () => {};
  isTerminated = false;
  readonly posted: unknown[] = [];
  postMessage(message: unknown): void {
    this.posted.push(message);
  }
  terminate(): void {
    this.isTerminated = true;
  }
}

function rig() {
  const workers: FakeWorker[] = [];
  const told: string[] = [];
  const engine = new EngineWorker(
    () => {
      workers.push(new FakeWorker());
      return workers.at(-1) as unknown as Worker;
    },
    { onMissing: () => told.push('missing'), onCrash: (message) => told.push(message) },
  );
  const fail = () => workers.at(-1)!.onerror({ message: '' });
  const ready = () => workers.at(-1)!.onmessage({ data: ENGINE_READY });
  return { engine, workers, told, fail, ready };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('what is posted before the script has come waits for it, in order', () => {
  const { engine, workers, ready } = rig();
  engine.post('one', []);
  engine.post('two', []);
  expect(workers[0]!.posted).toEqual([]);
  ready();
  engine.post('three', []);
  expect(workers.map(({ posted }) => posted)).toEqual([['one', 'two', 'three']]);
});

test('a script that does not come is asked for again, and nothing that was posted is lost', () => {
  const { engine, workers, told, fail, ready } = rig();
  engine.post('one', []);
  fail();
  expect([workers.length, workers[0]!.isTerminated]).toEqual([1, true]);
  vi.advanceTimersByTime(250);
  fail();
  vi.advanceTimersByTime(500);
  ready();
  expect(workers.map(({ posted }) => posted)).toEqual([[], [], ['one']]);
  expect(told).toEqual([]);
});

test('a script that is gone is told of after five attempts, and asked for anew by the next message', () => {
  const { engine, workers, told, fail, ready } = rig();
  engine.post('one', []);
  for (const ms of [250, 500, 1000, 2000]) {
    fail();
    vi.advanceTimersByTime(ms);
  }
  expect([workers.length, told]).toEqual([5, []]);
  fail();
  expect(told).toEqual(['missing']);
  vi.advanceTimersByTime(60_000);
  expect(workers).toHaveLength(5);
  engine.post('two', []);
  ready();
  expect(workers.map(({ posted }) => posted)).toEqual([[], [], [], [], [], ['two']]);
});

test('a worker that fails while it runs has crashed, and is not started anew', () => {
  const { workers, told, ready } = rig();
  ready();
  workers[0]!.onerror({ message: 'oh' });
  vi.advanceTimersByTime(60_000);
  expect([workers.length, workers[0]!.isTerminated, told]).toEqual([1, false, ['oh']]);
});
