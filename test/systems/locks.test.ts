// Locks of transfers by the rules of systems that aren't this one: without hard links, and where a process tells no start.

import type fs from 'node:fs';
import { readdirSync, writeFileSync } from 'node:fs';
import { tmpdir, uptime } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { lockHolder, lockTransfer } from '../../apps/cli/src/node/disk/process-lock.ts';
import { scratchFolder } from '../../apps/cli/test/scratch.ts';

const answers = vi.hoisted(() => ({ link: null as string | null }));
vi.mock('node:fs', async (original) => {
  const real = await original<typeof fs>();
  const linkSync = (...args: Parameters<typeof fs.linkSync>) => {
    if (answers.link !== null)
      throw Object.assign(new Error(answers.link), { code: answers.link, errno: -1, syscall: 'link' });
    return real.linkSync(...args);
  };
  return { ...real, linkSync, default: real };
});

const { platform } = process;
const { TZ, LC_ALL } = process.env;
const standFor = (system: string) => Object.defineProperty(process, 'platform', { value: system });
afterEach(() => {
  standFor(platform);
  answers.link = null;
  for (const [name, value] of Object.entries({ TZ, LC_ALL }))
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
});

// Termux: Android's SELinux policy denies `link` (EACCES); FAT: EPERM; FAT by Windows: EISDIR.
it.each(['EPERM', 'EACCES', 'EISDIR', 'ENOSYS'])(
  'a disk whose hard links answer %s has locks that are held, released, and taken over',
  async (errno) => {
    answers.link = errno;
    const folder = await scratchFolder();
    const path = join(folder, 'lock');
    const lock = lockTransfer(path);
    expect(lockTransfer(path)).toEqual({ heldBy: process.pid });
    expect(readdirSync(folder)).toEqual(['lock']);
    if ('release' in lock) lock.release();
    expect(readdirSync(folder)).toEqual([]);
    writeFileSync(path, JSON.stringify({ pid: process.ppid, started: 'before' }));
    expect(lockTransfer(path)).toHaveProperty('release');
    // Left by a process that died while it made one.
    writeFileSync(path, '');
    expect(lockTransfer(path)).toHaveProperty('release');
    expect(lockHolder(path)).toBe(process.pid);
  },
);

it('on Windows a lock from before the system was started is nobody’s, whoever has the number now', async () => {
  standFor('win32');
  const path = join(await scratchFolder(), 'lock');
  const bootMs = Date.now() - uptime() * 1_000;
  const holderOf = (started: string) => {
    writeFileSync(path, JSON.stringify({ pid: process.ppid, started }));
    return lockHolder(path);
  };
  expect(holderOf(`boot ${Math.round(bootMs)}`)).toBe(process.ppid);
  // A clock that was set right meanwhile.
  expect(holderOf(`boot ${Math.round(bootMs + 5 * 60_000)}`)).toBe(process.ppid);
  expect(holderOf(`boot ${Math.round(bootMs - 24 * 3_600_000)}`)).toBeNull();
  // Of an older version, which noted nothing.
  writeFileSync(path, JSON.stringify({ pid: process.ppid, started: null }));
  expect(lockHolder(path)).toBe(process.ppid);
});

it.skipIf(platform === 'win32')(
  'on macOS another time zone or language doesn’t make a running process look dead',
  async () => {
    standFor('darwin');
    const path = join(await scratchFolder(tmpdir()), 'lock');
    process.env.TZ = 'Asia/Tokyo';
    expect(lockTransfer(path)).toHaveProperty('release');
    process.env.TZ = 'America/New_York';
    process.env.LC_ALL = 'de_DE.UTF-8';
    expect(lockHolder(path)).toBe(process.pid);
  },
);
