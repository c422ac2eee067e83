import '../sessions/plain-runes.ts';
import type { TransferEvent } from '@p2p-copy/core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { flowInWords, TransferFlow } from '../../src/progress/transfer-flow.svelte.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

const LOST: TransferEvent = { type: 'reconnecting', missing: 'relay', leftMs: 1000 };
const PAUSED: TransferEvent = { type: 'paused', code: 'no-space', message: 'full' };
const JARGON = /\b(peers?|slots?|relays?|manifests?|lanes?|sinks?)\b/i;

function after(...events: TransferEvent[]): string {
  const flow = new TransferFlow();
  for (const event of events) flow.take(event);
  return flow.shown.name;
}

test.each<[events: TransferEvent[], shown: string]>([
  [[], 'moving'],
  [[LOST], 'reconnecting'],
  [[LOST, { type: 'reconnected', restarted: false }], 'reconnected'],
  [[PAUSED], 'paused'],
  [[PAUSED, { type: 'continued' }], 'moving'],
  // Both hold it up: what ends first isn't the end of it.
  [[PAUSED, LOST], 'reconnecting'],
  [[PAUSED, LOST, { type: 'reconnected', restarted: false }], 'paused'],
  [[PAUSED, { type: 'reconnected', restarted: true }], 'reconnected'],
  [[{ type: 'comparing', bytes: 1, totalBytes: 4 }], 'comparing'],
  [
    [
      { type: 'comparing', bytes: 4, totalBytes: 4 },
      { type: 'accepted', files: 1, bytes: 4, unsized: false },
    ],
    'moving',
  ],
])('%j shows %s', (events, shown) => {
  expect(after(...events)).toBe(shown);
});

test('good news is shown for a while', () => {
  const flow = new TransferFlow();
  flow.take({ type: 'reconnected', restarted: false });
  vi.advanceTimersByTime(4000);
  expect(flow.shown.name).toBe('reconnected');
  vi.advanceTimersByTime(2000);
  expect(flow.shown.name).toBe('moving');
});

test('what is not about the flow is left to others', () => {
  const flow = new TransferFlow();
  expect(flow.take({ type: 'progress', bytes: 1, keptBytes: 0, totalBytes: 2, filesDone: 0 })).toBe(false);
  expect(flow.take(LOST)).toBe(true);
});

test.each([
  [true, 1_900_000_000, 'Paused: 1.90 GB more needed on this device.'],
  [true, null, 'Paused: there is no room left on this device.'],
  [false, null, 'Paused: the other device has no room left.'],
])('a full disk (here: %s, missing: %s) is told with what to do', (isHere, missingBytes, title) => {
  const words = flowInWords({ name: 'paused', code: 'no-space', message: '' }, { isHere, missingBytes });
  expect(words.title).toBe(title);
  expect(words.details).toContain('by itself');
  expect(`${words.title} ${words.details}`).not.toMatch(JARGON);
});

test('another reason is told where it is known', () => {
  const paused = { name: 'paused', code: 'sink-failed', message: 'The folder is locked.' } as const;
  expect(flowInWords(paused, { isHere: true, missingBytes: null }).title).toBe(
    'Paused: The folder is locked.',
  );
  expect(flowInWords(paused, { isHere: false, missingBytes: null }).title).not.toContain('locked');
});
