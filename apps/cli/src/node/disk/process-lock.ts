// Keeps two processes off one transfer, or off the parts in a folder: a file that names who has it. A process that died without a word leaves its file;
// that is noticed, since no process of that number runs, or one that was started at another time.
import { execFileSync } from 'node:child_process';
import { linkSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { uptime } from 'node:os';

/** An empty lock is read again for 100 ms before it counts as left by a process that died. */
const EMPTY_TRIES = 10;
const EMPTY_PAUSE_MS = 10;
/** What a clock may be set by, and still tell one start of the system from another. */
const BOOT_TOLERANCE_MS = 10 * 60_000;
const BOOT = /^boot (\d+)$/;

/** A lock that this process has. */
export interface TransferLock {
  release(): void;
}

/**
 * Takes the lock at `path`; or gives the number of the process that has it.
 * @throws Error that of the disk
 */
export function lockTransfer(path: string): TransferLock | { heldBy: number } {
  const mine = JSON.stringify({ pid: process.pid, started: startOf(process.pid) });
  const own = `${path}.${process.pid}`;
  for (;;) {
    // The lock appears whole: nobody finds one that doesn't name its process yet.
    rmSync(own, { force: true });
    writeFileSync(own, mine, { mode: 0o600, flag: 'wx' });
    try {
      if (isGiven(own, path, mine)) return { release: () => release(path, mine) };
    } finally {
      unlinkSync(own);
    }
    const found = readLock(path);
    if (found === null) continue;
    const holder = holderOf(found);
    if (holder !== null) return { heldBy: holder };
    removeStale(path, found);
  }
}

/**
 * Gives a lock its name, unless that is taken. Where there are no hard links, as on FAT or in Termux, it is made under its name: a reader
 * may find it empty for a moment.
 */
function isGiven(own: string, path: string, text: string): boolean {
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return false;
    if (isErrno(error, 'ENOENT')) throw error;
  }
  try {
    writeFileSync(path, text, { mode: 0o600, flag: 'wx' });
    return true;
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return false;
    throw error;
  }
}

/** Removes a lock, whoever has it. For a person who knows that nobody does. */
export function breakLock(path: string): void {
  rmSync(path, { force: true });
}

/** The process that has the lock at `path`; null when none has. */
export function lockHolder(path: string): number | null {
  const found = readLock(path);
  return found === null ? null : holderOf(found);
}

/** Another process may have removed the stale lock, and made its own, since this one read it: then it gets it back. */
function removeStale(path: string, stale: string): void {
  const aside = `${path}.${process.pid}.stale`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return;
    throw error;
  }
  try {
    const found = readFileSync(aside, 'utf8');
    if (found !== stale) isGiven(aside, path, found);
  } finally {
    unlinkSync(aside);
  }
}

function release(path: string, mine: string): void {
  if (readLock(path) === mine) rmSync(path, { force: true });
}

function readLock(path: string): string | null {
  try {
    let text = readFileSync(path, 'utf8');
    // Made under its name a moment ago: whoever did so writes at once.
    for (let tries = 0; text === '' && tries < EMPTY_TRIES; tries += 1) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, EMPTY_PAUSE_MS);
      text = readFileSync(path, 'utf8');
    }
    return text;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return null;
    throw error;
  }
}

function holderOf(lock: string): number | null {
  let named: { pid?: unknown; started?: unknown };
  try {
    named = JSON.parse(lock);
  } catch {
    return null;
  }
  const pid = named?.pid;
  if (typeof pid !== 'number' || !Number.isSafeInteger(pid) || pid <= 0 || !isAlive(pid)) return null;
  const started = startOf(pid);
  return started === null || named.started === null || isSameStart(started, named.started) ? pid : null;
}

/** Whether a process of that number runs. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It runs, and belongs to someone else.
    return isErrno(error, 'EPERM');
  }
}

function isSameStart(started: string, named: unknown): boolean {
  const [now, then] = [started, String(named)].map((text) => BOOT.exec(text)?.[1]);
  if (now === undefined || then === undefined) return started === named;
  return Math.abs(Number(now) - Number(then)) <= BOOT_TOLERANCE_MS;
}

/** When a process was started, in a form to be compared; null where the system doesn't say. */
function startOf(pid: number): string | null {
  try {
    if (process.platform === 'linux') return linuxStartOf(pid);
    // Of another process it isn't told; but none that ran before the system was started runs now.
    if (process.platform === 'win32') return `boot ${Math.round(Date.now() - uptime() * 1_000)}`;
    // In words of the locale, by the clock of a time zone.
    const env = { ...process.env, TZ: 'UTC', LC_ALL: 'C' };
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', env }).trim();
  } catch {
    return null;
  }
}

function linuxStartOf(pid: number): string | null {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The second field is a name in brackets, which may hold anything; the 22nd counts from the system's start.
  const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return ticks === undefined ? null : `${boot} ${ticks}`;
}

function isErrno(error: unknown, errno: string): boolean {
  return error instanceof Error && 'code' in error && error.code === errno;
}
