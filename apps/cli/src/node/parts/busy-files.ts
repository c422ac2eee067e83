// Windows: a scanner or an indexer holds what was just written for a moment, and nothing that stands under such a name can be renamed or
// removed meanwhile. Renames wait for that; a part that can't be removed is in nobody's way.
import { type BigIntStats, lstatSync, unlinkSync } from 'node:fs';
import { errnoOf } from '../disk/disk-error.ts';
import { isSameUnchanged } from '../disk/same-file.ts';
import { nodeClock } from '../time/clock.ts';

/** What Windows says while another program has a file open. */
const BUSY = new Set(['EPERM', 'EBUSY', 'EACCES']);
const TRIES = 20;
const PAUSE_MS = 100;

/**
 * Runs `action`, on Windows again for 2 s while another program holds the file.
 * @throws Error that of `action`
 */
export async function whileHeld(action: () => void): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return action();
    } catch (error) {
      if (process.platform !== 'win32' || tries === TRIES || !BUSY.has(errnoOf(error) ?? '')) throw error;
    }
    await new Promise<void>((resolve) => void nodeClock.after(PAUSE_MS, resolve));
  }
}

/** Runs `pass` until it gives true: on Windows again for 2 s in all, since other programs may hold what it is about. */
export async function untilDone(pass: () => boolean): Promise<void> {
  for (let tries = 1; !pass(); tries += 1) {
    if (process.platform !== 'win32' || tries === TRIES) return;
    await new Promise<void>((resolve) => void nodeClock.after(PAUSE_MS, resolve));
  }
}

/** Parts of files that have their names, where the system didn't let them be removed at once. */
export class HeldParts {
  readonly #held = new Map<string, BigIntStats>();

  /** Removes a part whose file has its name. Never throws: what can't be removed now is tried again by `removeAll`. */
  remove(path: string): void {
    try {
      unlinkSync(path);
    } catch (error) {
      const stats = errnoOf(error) === 'ENOENT' ? undefined : statsOf(path);
      if (stats !== undefined) this.#held.set(path, stats);
    }
  }

  /** Tries again, for 2 s in all. Gives those that stay. */
  async removeAll(): Promise<string[]> {
    for (let tries = 1; this.#held.size > 0; tries += 1) {
      for (const [path, stats] of [...this.#held]) {
        this.#held.delete(path);
        const now = statsOf(path);
        // Something else may have taken the name.
        if (now !== undefined && isSameUnchanged(now, stats)) this.remove(path);
      }
      if (this.#held.size === 0 || tries === TRIES) break;
      await new Promise<void>((resolve) => void nodeClock.after(PAUSE_MS, resolve));
    }
    return [...this.#held.keys()];
  }
}

function statsOf(path: string): BigIntStats | undefined {
  try {
    return lstatSync(path, { bigint: true, throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
