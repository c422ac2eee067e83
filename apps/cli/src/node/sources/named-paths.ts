// The paths that a person named, looked at before a code is shown: what is missing or can't be sent at all is said
// at once, while someone can still correct it.
import type { BigIntStats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { TransferError } from '@p2p-copy/core';
import { quoted } from '../../wording/show-text.ts';
import { sourceError } from '../disk/disk-error.ts';
import { sendablePath } from './sendable-path.ts';

/** One argument of `send`, found on the disk. */
export interface NamedPath {
  diskPath: string;
  /** Its last segment: the first one of every path below it in the manifest. NFC. */
  name: string;
  stats: BigIntStats;
}

/**
 * Looks up what was named; links are followed. `dir`, `dir/` and `.` all stand for the folder under its own name.
 * @throws TransferError `source-unreadable` (missing, unreadable, or neither file nor folder), `path-refused` (a name
 * that can't be sent, or that two arguments share)
 */
export async function lookUpPaths(paths: readonly string[]): Promise<NamedPath[]> {
  const found: NamedPath[] = [];
  const argumentOf = new Map<string, string>();
  for (const path of paths) {
    const diskPath = resolve(path);
    const named = { diskPath, name: nameOf(path, diskPath), stats: await statNamed(path, diskPath) };
    const other = argumentOf.get(named.name);
    if (other !== undefined) {
      const pair = `${quoted(other)} and ${quoted(path)}`;
      throw new TransferError('path-refused', `${pair} would both arrive as ${quoted(named.name)}.`);
    }
    argumentOf.set(named.name, path);
    found.push(named);
  }
  return found;
}

function nameOf(path: string, diskPath: string): string {
  const name = basename(diskPath);
  if (name === '') {
    throw new TransferError('path-refused', `${quoted(path)} has no name of its own; name what is in it.`);
  }
  return sendablePath('', name);
}

async function statNamed(path: string, diskPath: string): Promise<BigIntStats> {
  let stats: BigIntStats;
  try {
    stats = await stat(diskPath, { bigint: true });
  } catch (error) {
    throw sourceError(error, path);
  }
  if (!stats.isFile() && !stats.isDirectory()) {
    throw new TransferError(
      'source-unreadable',
      `${quoted(path)} is neither a file nor a folder. To send what it gives, name - and give it as standard input.`,
    );
  }
  return stats;
}
