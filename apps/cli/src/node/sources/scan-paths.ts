// From what was named to what is sent: walks folders and lists every entry of the manifest, in an order that depends
// on names alone. No content is read yet but to probe sizes, and all that can be known to fail does so here.
import { isUtf8 } from 'node:buffer';
import { access, type BigIntStats, constants, type Dirent, stat, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as otherEvents } from 'node:timers/promises';
import { type SourceEntry, TransferError } from '@p2p-copy/core';
import { quoted } from '../../wording/show-text.ts';
import { withDescriptor } from '../descriptors.ts';
import { errnoOf, sourceError } from '../disk/disk-error.ts';
import { deviceLiesInMemory } from '../disk/in-memory.ts';
import { fileEntry } from './file-source.ts';
import type { NamedPath } from './named-paths.ts';
import { sendablePath } from './sendable-path.ts';
import { type StatedSize, statedSize } from './stated-size.ts';

/** Files looked at side by side: keeps libuv's threads busy, open promises few, and in memory all else waiting for half a millisecond. */
const SLICE = 128;
/** Undefined on Windows, whose files have no such owner. */
const OWN_UID = process.geteuid === undefined ? undefined : BigInt(process.geteuid());
const OWNER_READS = 0o400n;

export interface ScanOptions {
  /** What is left out, in words: broken links, devices, loops of links. */
  onWarning(warning: string): void;
  signal: AbortSignal;
}

/**
 * @throws TransferError `source-unreadable` names a file or folder that can't be read; `path-refused` a name that
 * can't be sent, or two that are one after Unicode normalization; `interrupted`
 */
export async function scanPaths(named: readonly NamedPath[], options: ScanOptions): Promise<SourceEntry[]> {
  const entries: SourceEntry[] = [];
  for (const { diskPath, name, stats } of named) {
    if (stats.isDirectory()) {
      await scanFolder({ diskPath, path: name, stats, within: [] }, entries, options);
    } else {
      await checkReadable(diskPath, name, stats);
      const { stats: now, sizeBytes } = await statedSize(diskPath, name, stats);
      entries.push(fileEntry(diskPath, name, now, sizeBytes));
    }
  }
  return entries;
}

interface Folder {
  diskPath: string;
  path: string;
  stats: BigIntStats;
  /** Identities of the folders around it, to notice a link that leads back up. */
  within: readonly string[];
}

/** What a name in a folder turned out to be, or why it is left out. */
type Found = ({ diskPath: string; path: string } & StatedSize) | { leftOut: string };

async function scanFolder(folder: Folder, entries: SourceEntry[], options: ScanOptions): Promise<void> {
  if (options.signal.aborted) throw new TransferError('interrupted');
  entries.push(folderEntry(folder));
  const within = [...folder.within, identity(folder.stats)];
  const names = await listNames(folder);
  const isInMemory = deviceLiesInMemory(folder.stats.dev, folder.diskPath);
  for (let start = 0; start < names.length; start += SLICE) {
    const slice = names.slice(start, start + SLICE);
    const found = await Promise.all(slice.map((name) => lookAt(folder, name, isInMemory)));
    // Nothing was waited for.
    if (isInMemory) await otherEvents();
    for (const item of found) {
      if ('leftOut' in item) options.onWarning(item.leftOut);
      else if (!item.stats.isDirectory())
        entries.push(fileEntry(item.diskPath, item.path, item.stats, item.sizeBytes));
      else if (!within.includes(identity(item.stats)))
        await scanFolder({ ...item, within }, entries, options);
      else options.onWarning(`${quoted(item.path)} is left out: it is a link to a folder that contains it.`);
    }
  }
}

/**
 * Names in a stable order.
 * @throws TransferError those that can't be sent
 */
async function listNames(folder: Folder): Promise<string[]> {
  let found: Dirent<Buffer>[];
  try {
    // As bytes: a name that isn't UTF-8 would be mangled in silence.
    found = await withDescriptor(() => readdir(folder.diskPath, { withFileTypes: true, encoding: 'buffer' }));
  } catch (error) {
    throw sourceError(error, folder.path);
  }
  const names = found.map(({ name }) => name).sort(Buffer.compare);
  const seen = new Set<string>();
  return names.map((bytes) => {
    const name = bytes.toString('utf8');
    if (!isUtf8(bytes)) {
      const place = quoted(`${folder.path}/${name}`);
      throw new TransferError(
        'source-unreadable',
        `The name ${place} is not valid UTF-8, so it cannot be sent.`,
      );
    }
    const normal = name.normalize('NFC');
    if (seen.has(normal)) {
      const place = quoted(`${folder.path}/${normal}`);
      throw new TransferError('path-refused', `Two names are the same in Unicode normal form: ${place}.`);
    }
    seen.add(normal);
    return name;
  });
}

async function lookAt(folder: Folder, name: string, isInMemory: boolean): Promise<Found> {
  const path = sendablePath(folder.path, name);
  const diskPath = join(folder.diskPath, name);
  let stats: BigIntStats;
  try {
    stats = await statOf(diskPath, isInMemory);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno !== 'ENOENT' && errno !== 'ELOOP') throw sourceError(error, path);
    return { leftOut: `${quoted(path)} is left out: it is a link that leads nowhere, or was just deleted.` };
  }
  if (stats.isDirectory()) return { diskPath, path, stats, sizeBytes: 0 };
  if (!stats.isFile()) {
    return { leftOut: `${quoted(path)} is left out: it is neither a file nor a folder.` };
  }
  await checkReadable(diskPath, path, stats);
  return { diskPath, path, ...(await statedSize(diskPath, path, stats)) };
}

function folderEntry({ path, stats }: Folder): SourceEntry {
  return {
    kind: 'folder',
    path,
    sizeBytes: 0,
    modifiedMs: Number(stats.mtimeNs / 1_000_000n),
    executable: false,
    open: () => Promise.reject(new TransferError('source-unreadable', `${quoted(path)} is a folder.`)),
  };
}

function identity(stats: BigIntStats): string {
  return `${stats.dev}:${stats.ino}`;
}

// Callbacks, not node:fs/promises: twice as fast over 100,000 files.
function statOf(diskPath: string, isInMemory: boolean): BigIntStats | Promise<BigIntStats> {
  if (isInMemory) return statSync(diskPath, { bigint: true });
  return new Promise((resolve, reject) => {
    stat(diskPath, { bigint: true }, (error, stats) => (error === null ? resolve(stats) : reject(error)));
  });
}

/** What may show only when the file is opened, later: that one's own file can't be read after all. */
async function checkReadable(diskPath: string, path: string, { uid, mode }: BigIntStats): Promise<void> {
  if (uid === OWN_UID && (mode & OWNER_READS) !== 0n) return;
  await new Promise<void>((resolve, reject) => {
    access(diskPath, constants.R_OK, (error) =>
      error === null ? resolve() : reject(sourceError(error, path)),
    );
  });
}
