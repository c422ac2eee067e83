// What the disk of the output folder calls a name: decides which offers can be written there.
import { lstat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { NameRules } from '@p2p-copy/core';

/** Rules for an existing folder. A memory stick under Linux folds case too, so the disk is asked, not the system. */
export async function nameRulesOf(folder: string): Promise<NameRules> {
  return { windowsNames: process.platform === 'win32', foldsCase: await foldsCase(folder) };
}

async function foldsCase(folder: string): Promise<boolean> {
  const name = basename(folder);
  const swapped = name === name.toUpperCase() ? name.toLowerCase() : name.toUpperCase();
  // A name without letters tells nothing.
  if (swapped === name) return process.platform === 'win32' || process.platform === 'darwin';
  try {
    const options = { bigint: true } as const;
    const [one, other] = await Promise.all([
      lstat(folder, options),
      lstat(join(dirname(folder), swapped), options),
    ]);
    return one.ino === other.ino && one.dev === other.dev;
  } catch {
    return false;
  }
}
