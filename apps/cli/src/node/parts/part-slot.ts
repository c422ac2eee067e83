// Which parts in an output folder are a transfer's own: two transfers that receive files of one name into one folder at once each have
// a part of their own. A process holds a slot of the folder while it receives; the system's folder for temporary files says which.
import { mkdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { partName } from '@p2p-copy/core';
import { lockTransfer } from '../disk/process-lock.ts';

/** Transfers into one folder at once that have slots of their own. */
const MAX_SLOTS = 256;

export interface PartSlot {
  /** From 0. */
  readonly slot: number;
  release(): void;
}

/**
 * Takes a slot of a folder. Never throws: where no claim can be kept it is the first.
 * @param folder exists
 * @param wanted the slot that this transfer had before; the first free one, if another transfer has that
 */
export function claimPartSlot(folder: string, wanted = 0): PartSlot {
  try {
    const claims = claimsFolder();
    const { dev, ino } = statSync(folder, { bigint: true });
    for (const slot of slotsFrom(wanted)) {
      const lock = lockTransfer(join(claims, `${dev}-${ino}-${slot}.lock`));
      if ('release' in lock) return { slot, release: () => lock.release() };
    }
  } catch {
    // A folder for temporary files that is full, or not this user's.
  }
  return { slot: wanted, release() {} };
}

/** The part's name of a file for a slot. No offer holds names that end like it, so no other file's part is called so. */
export function partNameIn(slot: number, name: string): string {
  return slot === 0 ? partName(name) : partName(partName(`${name}.${slot + 1}`));
}

function* slotsFrom(wanted: number): Generator<number> {
  yield wanted;
  for (let slot = 0; slot < MAX_SLOTS; slot += 1) if (slot !== wanted) yield slot;
}

/** @throws Error when it isn't this user's alone */
function claimsFolder(): string {
  const uid = process.getuid?.() ?? 0;
  const folder = join(tmpdir(), `p2p-copy-${uid}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { uid: owner, mode } = statSync(folder);
  if (process.platform !== 'win32' && (owner !== uid || (mode & 0o077) !== 0))
    throw new Error('another user could change the claims');
  return folder;
}
