import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { liesInMemory } from '../../../src/node/disk/in-memory.ts';

it.runIf(existsSync('/dev/shm'))('knows what lies in memory', () => {
  expect(liesInMemory('/dev/shm')).toBe(true);
});

it('takes anything else for a disk', () => {
  for (const folder of ['/proc', '/no/such/folder']) expect(liesInMemory(folder)).toBe(false);
});
