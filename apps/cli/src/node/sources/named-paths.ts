// The paths that a person named, looked at before a code is shown: what is missing or can't be sent at all is said
// at once, while someone can still correct it.
import type { BigIntStats } from 'node:fs';
import { lstat, realpath, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { type EntryKind, numberedPath, TransferError, type UnsendableReason } from '@p2p-copy/core';
import { quoted } from '../../wording/show-text.ts';
import { errnoOf, sourceError } from '../disk/disk-error.ts';
import { reasonOf } from './unsendable.ts';

/** One argument of `send`: found on the disk, or left out. */
export type NamedPath = {
  /** Its last segment: the first one of every path below it in the manifest. NFC. */
  name: string;
} & ({ diskPath: string; stats: BigIntStats } | { kind: EntryKind; reason: UnsendableReason });

/** Whether it is a pipe, which can be read once. */
export function isNamedPipe(item: NamedPath): boolean {
  return 'stats' in item && item.stats.isFIFO();
}

/** What Node makes of bytes in an argument that aren't UTF-8. */
const REPLACEMENT = '\ufffd';

/** The names at the top of an offer. */
export class TopNamesTaken {
  readonly #taken = new Set<string>();

  /** The name that something gets there: its own, or with a number where that is taken. NFC. */
  take(wanted: string): string {
    for (let number = 0; ; number += 1) {
      const name = numberedPath(wanted.normalize('NFC'), number);
      if (this.#taken.has(name)) continue;
      this.#taken.add(name);
      return name;
    }
  }
}

/**
 * Looks up what was named; links are followed. `dir`, `dir/` and `.` all stand for the folder under its own name. What is named
 * twice is sent once; other things of equal names are numbered in the order of the arguments.
 * @throws TransferError `source-unreadable` (missing), `path-refused` (no name)
 */
export async function lookUpPaths(
  paths: readonly string[],
  names: TopNamesTaken = new TopNamesTaken(),
): Promise<NamedPath[]> {
  const found: NamedPath[] = [];
  const places = new Set<string>();
  for (const path of paths) {
    const diskPath = resolve(path);
    const name = nameOf(diskPath);
    if (name === '') {
      throw new TransferError('path-refused', `${quoted(path)} has no name of its own; name what is in it.`);
    }
    const looked = await lookUp(path, diskPath);
    const place = await placeOf(diskPath, name);
    if (places.has(place)) continue;
    places.add(place);
    found.push({ name: names.take(name), ...looked });
  }
  return found;
}

/** What a shell's `<(command)` stands for has a number only. */
function nameOf(diskPath: string): string {
  return /^\/(?:dev|proc\/self|proc\/\d+)\/fd\/\d+$/.test(diskPath) ? 'pipe' : basename(diskPath);
}

/** Equal for two arguments that stand for one thing under one name. */
async function placeOf(diskPath: string, name: string): Promise<string> {
  try {
    return `${await realpath(diskPath)}\0${name}`;
  } catch {
    return `${diskPath}\0${name}`;
  }
}

async function lookUp(path: string, diskPath: string) {
  try {
    return { diskPath, stats: await stat(diskPath, { bigint: true }) };
  } catch (error) {
    return { kind: 'file' as const, reason: await reasonOfMissing(error, path, diskPath) };
  }
}

/** @throws TransferError `source-unreadable` for what isn't there: nothing is sent yet, and someone can correct it */
async function reasonOfMissing(error: unknown, path: string, diskPath: string): Promise<UnsendableReason> {
  const errno = errnoOf(error);
  if (errno === 'ENOENT' || errno === 'ELOOP') {
    if (await isLink(diskPath)) return 'dangling-link';
    if (path.includes(REPLACEMENT)) return 'not-unicode';
  }
  const reason = errno === 'ENOENT' || errno === 'ENOTDIR' ? null : reasonOf(error);
  if (reason === null) throw sourceError(error, path);
  return reason;
}

async function isLink(diskPath: string): Promise<boolean> {
  try {
    return (await lstat(diskPath)).isSymbolicLink();
  } catch {
    return false;
  }
}
