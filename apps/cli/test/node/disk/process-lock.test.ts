import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { lockHolder, lockTransfer } from '../../../src/node/disk/process-lock.ts';
import { scratchFolder } from '../../scratch.ts';

it('is held until it is released', async () => {
  const folder = await scratchFolder();
  const path = join(folder, 'lock');
  expect(lockHolder(path)).toBeNull();
  const lock = lockTransfer(path);
  expect(lockTransfer(path)).toEqual({ heldBy: process.pid });
  expect(lockHolder(path)).toBe(process.pid);
  if ('release' in lock) lock.release();
  expect(readdirSync(folder)).toEqual([]);
});

it.each(['', '{', '[]', 'null', '{"pid":"1"}', '{"pid":-1}', '{"pid":0}'])(
  'of %j is nobody’s',
  async (text) => {
    const path = join(await scratchFolder(), 'lock');
    writeFileSync(path, text);
    expect(lockHolder(path)).toBeNull();
    expect(lockTransfer(path)).toHaveProperty('release');
  },
);

it('of a process that has died is taken over', async () => {
  const path = join(await scratchFolder(), 'lock');
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  writeFileSync(path, JSON.stringify({ pid: child.pid, started: null }));
  expect(lockTransfer(path)).toHaveProperty('release');
  expect(lockHolder(path)).toBe(process.pid);
});

it.skipIf(process.platform === 'win32')(
  'of another process that has the number now is taken over',
  async () => {
    const path = join(await scratchFolder(), 'lock');
    writeFileSync(path, JSON.stringify({ pid: process.ppid, started: 'before that one was started' }));
    expect(lockTransfer(path)).toHaveProperty('release');
  },
);

it('is not released by who has lost it', async () => {
  const path = join(await scratchFolder(), 'lock');
  const lock = lockTransfer(path);
  writeFileSync(path, JSON.stringify({ pid: process.ppid, started: null }));
  if ('release' in lock) lock.release();
  expect(readFileSync(path, 'utf8')).toContain(String(process.ppid));
});
