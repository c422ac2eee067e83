// Limits of a flush that files share, by the rules of macOS: docs/PROTOCOL.md section 14 prints them.
import type fs from 'node:fs';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import * as limits from '../../../src/node/parts/flush-limits.ts';
import { SharedFlush } from '../../../src/node/parts/shared-flush.ts';

const { FLUSH_WAIT_MS, MAX_FLUSH_BYTES, MAX_FLUSH_FILES, MAX_SHARING_BYTES } = limits;

/** Descriptors of flushes that have begun, and how each is ended. */
const begun = vi.hoisted(() => [] as { descriptor: number; end(error?: Error): void }[]);
/** Numbers of kinds of disks, by folder. */
const kinds = vi.hoisted(() => new Map<string, number>());
vi.mock('node:fs', async (original) => {
  const real = await original<typeof fs>();
  const fsync = (descriptor: number, end: (error?: Error) => void) => void begun.push({ descriptor, end });
  const statfsSync = (path: string) => {
    if (!kinds.has(path)) throw Object.assign(new Error('ENOENT'), { code: 'ENOENT' });
    return { type: kinds.get(path) };
  };
  return { ...real, fsync, statfsSync, default: real };
});

const { platform } = process;
const standFor = (system: string) => Object.defineProperty(process, 'platform', { value: system });
let timers: { atMs: number; act: () => void }[] = [];
const clock = {
  after(atMs: number, act: () => void) {
    const timer = { atMs, act };
    timers.push(timer);
    return () => void timers.splice(timers.indexOf(timer), 1);
  },
};
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

beforeEach(() => {
  standFor('darwin');
  begun.length = 0;
  timers = [];
  for (const path of ['/', '/out']) kinds.set(path, 26);
  kinds.set('/Volumes/share', 23);
});
afterEach(() => standFor(platform));

/** Adds files of these descriptors; gives those that are durable so far. */
function flushing(shared: SharedFlush, descriptors: number[], sizeBytes = 1, device = 1n): number[] {
  const durable: number[] = [];
  for (const descriptor of descriptors)
    shared.flush(descriptor, { device, sizeBytes }).then(
      () => durable.push(descriptor),
      () => durable.push(-descriptor),
    );
  return durable;
}
const range = (count: number, from = 1) => Array.from({ length: count }, (_, i) => from + i);

it('section 14 of the protocol prints the limits of flushes', () => {
  const document = readFileSync(new URL('../../../../../docs/PROTOCOL.md', import.meta.url), 'utf8');
  const table = document.slice(document.indexOf('| limit of the terminal |')).split('\n\n')[0]!;
  const rows = [...table.matchAll(/^\| `(\w+)` \| (\d+) \|/gm)].map(([, name, value]) => [
    name,
    Number(value),
  ]);
  expect(Object.fromEntries(rows)).toEqual({ ...limits });
});

it('one flush has no more files than its limit, and none of them is durable before it is over', async () => {
  const durable = flushing(new SharedFlush(clock), range(MAX_FLUSH_FILES - 1));
  expect(begun).toEqual([]);
  const shared = new SharedFlush(clock);
  const all = flushing(shared, range(3 * MAX_FLUSH_FILES));
  await settled();
  expect(begun.map(({ descriptor }) => descriptor)).toEqual([MAX_FLUSH_FILES]);
  expect([...all, ...durable]).toEqual([]);
  begun[0]!.end();
  await settled();
  expect(all).toEqual(range(MAX_FLUSH_FILES));
  expect(begun.map(({ descriptor }) => descriptor)).toEqual([MAX_FLUSH_FILES, 2 * MAX_FLUSH_FILES]);
});

it('one flush has no more bytes than its limit and one file', async () => {
  const files = MAX_FLUSH_BYTES / MAX_SHARING_BYTES;
  const durable = flushing(new SharedFlush(clock), range(files + 1), MAX_SHARING_BYTES);
  expect(begun.map(({ descriptor }) => descriptor)).toEqual([files]);
  begun[0]!.end();
  await settled();
  expect(durable).toEqual(range(files));
});

it('a file waits no longer for others than its limit, nor for more once that is over', async () => {
  const shared = new SharedFlush(clock);
  const durable = flushing(shared, [1, 2]);
  expect(timers.map(({ atMs }) => atMs)).toEqual([FLUSH_WAIT_MS]);
  timers.pop()!.act();
  expect(begun.map(({ descriptor }) => descriptor)).toEqual([2]);
  // What comes meanwhile was maybe not handed over when the flush began.
  const later = flushing(shared, [3]);
  begun[0]!.end();
  await settled();
  expect([durable, later]).toEqual([[1, 2], []]);
  expect(timers).toHaveLength(1);
  timers.pop()!.act();
  begun[1]!.end();
  await settled();
  expect(later).toEqual([3]);
});

it('a flush of one disk says nothing of another', async () => {
  const shared = new SharedFlush(clock);
  const durable = [flushing(shared, [1], 1, 1n), flushing(shared, [2], 1, 2n)];
  expect(timers).toHaveLength(2);
  for (const { act } of [...timers]) act();
  begun[0]!.end();
  await settled();
  expect(durable).toEqual([[1], []]);
});

it('a flush that fails makes none of its files durable, and those of the next one all the same', async () => {
  const shared = new SharedFlush(clock);
  const durable = flushing(shared, range(MAX_FLUSH_FILES + 1));
  begun[0]!.end(new Error('EIO'));
  await settled();
  expect(durable).toEqual(range(MAX_FLUSH_FILES).map((descriptor) => -descriptor));
  timers.pop()!.act();
  begun[1]!.end();
  await settled();
  expect(durable.at(-1)).toBe(MAX_FLUSH_FILES + 1);
});

it('only small files on disks of the system’s own kind share flushes, and only on macOS', () => {
  const shared = new SharedFlush(clock);
  expect(shared.isFor('/out', MAX_SHARING_BYTES)).toBe(true);
  expect(shared.isFor('/out', MAX_SHARING_BYTES + 1)).toBe(false);
  expect(shared.isFor('/out', null)).toBe(false);
  expect(shared.isFor('/Volumes/share', 1)).toBe(false);
  expect(shared.isFor('/nowhere', 1)).toBe(false);
  for (const system of ['linux', 'win32', 'freebsd']) {
    standFor(system);
    expect(shared.isFor('/out', 1)).toBe(false);
  }
});
