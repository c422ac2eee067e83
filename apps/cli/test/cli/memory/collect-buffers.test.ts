// Less than what makes V8 collect by itself: only the look at them frees these.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { collectBuffers } from '../../../src/cli/memory/collect-buffers.ts';

const MIB = 1024 * 1024;

it('frees buffers that nobody holds, and keeps those that somebody does', async () => {
  collectBuffers();
  const before = process.memoryUsage().arrayBuffers;
  const held = Array.from({ length: 64 }, () => Buffer.alloc(64 * 1024, 1));
  for (let i = 0; i < 400; i++) Buffer.alloc(64 * 1024);
  expect(process.memoryUsage().arrayBuffers).toBeGreaterThan(before + 20 * MIB);
  while (process.memoryUsage().arrayBuffers > before + 16 * MIB) await nextTurn();
  expect(held.every((buffer) => buffer.every((byte) => byte === 1))).toBe(true);
});
