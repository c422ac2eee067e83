// The paths that a person named, looked at before a code is shown: what is missing or can't be sent at all is said
// at once, while someone can still correct it.
import type { BigIntStats } from 'node:fs';
import { lstat, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { type EntryKind, TransferError, type UnsendableReason } from '@p2p-copy/core';
import { quoted } from '../../wording/show-text.ts';
import { errnoOf, sourceError } from '../disk/disk-error.ts';
import { reasonOf } from './unsendable.ts';

/** One argument of `send`: found on the disk, or left out. */
export type NamedPath = {
  /** Its last segment: the first one of every path below it in the manifest. NFC. */
  name: string;
} & ({ diskPath: string; stats: BigIntStats } | { kind: EntryKind; reason: UnsendableReason });

/** What Node makes of bytes in an argument that aren't UTF-8. */
const REPLACEMENT = '\ufffd';

/**
 * Looks up what was named; links are followed. `dir`, `dir/` and `.` all stand for the folder under its own name.
 * @throws TransferError `source-unreadable` (missing), `path-refused` (no name, or one that two arguments share)
 */
export async function lookUpPaths(paths: readonly string[]): Promise<NamedPath[]> {
  const found: NamedPath[] = [];
  const argumentOf = new Map<string, string>();
  for (const path of paths) {
    const diskPath = resolve(path);
    const name = basename(diskPath);
    if (name === '') {
      throw new TransferError('path-refused', `${quoted(path)} has no name of its own; name what is in it.`);
    }
    const other = argumentOf.get(name);
    if (other !== undefined) {
      const pair = `${quoted(other)} and ${quoted(path)}`;
      throw new TransferError('path-refused', `${pair} would both arrive as ${quoted(name)}.`);
    }
    argumentOf.set(name, path);
    found.push({ name: name.normalize('NFC'), ...(await lookUp(path, diskPath)) });
  }
  return found;
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
