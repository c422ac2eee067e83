// How old the note of an unfinished transfer is, by what was seen of its life: a clock that is set doesn't make it old.
import { readFileSync, rmSync } from 'node:fs';
import { uptime } from 'node:os';
import { grownAge, isAgeWorthNoting, type Moment, type ObservedAge, parseObservedAge } from '@p2p-copy/core';
import { writeWhole } from './write-whole.ts';

/**
 * Ms since the last attempt, as far as they were seen; noted at `path` for the next look. Never throws: what can't be noted stays
 * young.
 */
export function agedMs(path: string, now: Moment = momentNow()): number {
  const noted = read(path);
  const age = grownAge(noted, now);
  if (isAgeWorthNoting(noted, age)) {
    try {
      writeWhole(path, age);
    } catch {
      // A disk that is full or read-only.
    }
  }
  return age.agedMs;
}

/** An attempt begins: it is new again. */
export function forgetAge(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // Then it is older than it has to be.
  }
}

function read(path: string): ObservedAge | null {
  try {
    return parseObservedAge(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return null;
  }
}

/** A look at the clocks of this system. */
export function momentNow(): Moment {
  return { wallMs: Date.now(), boot: { id: bootId(), uptimeMs: uptime() * 1000 } };
}

/** Linux names each start. Elsewhere one with a shorter time since its start is another. */
function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}
