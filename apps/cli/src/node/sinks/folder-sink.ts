// Port FolderSink on a disk: where the files of an offer arrive. `checkPath` has made the paths harmless as text; here
// is what only the disk knows: links that lead out, and what already stands there.
import { constants, lstatSync, mkdirSync, openSync, readdirSync, realpathSync, unlinkSync } from 'node:fs';
import { basename, dirname, join, posix, sep } from 'node:path';
import {
  type ByteSink,
  type ExistingContent,
  type ManifestEntry,
  numberedPaths,
  TransferError,
} from '@p2p-copy/core';
import { quoted } from '../../wording/show-text.ts';
import { withDescriptor } from '../descriptors.ts';
import { errnoOf, sinkError } from '../disk/disk-error.ts';
import { placeOf as diskOf } from '../disk/in-memory.ts';
import { isSamePath } from '../disk/same-path.ts';
import { syncFolder } from '../disk/sync-folder.ts';
import { DiskRefusals } from './disk-refusals.ts';
import { findExistingFile, type KeptPart } from './existing-file.ts';
import { PartFile } from './part-file.ts';
import type { PartPlace } from './part-place.ts';
import { partNameIn } from './part-slot.ts';
import { type PartsSink, removeParts } from './remove-parts.ts';
import { WritePace } from './write-pace.ts';

export interface FolderSinkOptions {
  /** The output folder, which exists; no symbolic link in it (`realpath`). */
  root: string;
  /** Manifest paths that this transfer gives other names, by entry index. */
  renamed?: ReadonlyMap<number, string>;
  /** Entries that may replace a file which is already there, by index. */
  replaces?: ReadonlySet<number>;
  /** Every path under which a file of this transfer will stand, in lower case, so that no part takes such a name on any disk. */
  finalPaths?: ReadonlySet<string>;
  /**
   * Whether equal files are left alone: then a file under the name that a renamed one can't have counts as its content
   * too.
   */
  compares?: boolean;
  /** Of the parts in the folder, those that are this transfer's. */
  slot?: number;
  /** Counts what the disk refuses beside content. */
  refusals?: DiskRefusals;
  /** Whether every part is read back and hashed before it gets its name (`verify: 'disk'`). */
  readsBack?: boolean;
  /** The entry's file is saved under that path. */
  onSaved?(index: number, path: string): void;
  /** A file stands under that path, and may turn out to be the entry's. */
  onFound?(index: number, path: string): void;
}

/** Folders made durable side by side. */
const SYNCS_AT_ONCE = 8;
// Never follows a link that stands where the part goes, and never opens what is already there.
const PART_FLAGS = constants.O_CREAT | constants.O_EXCL | constants.O_RDWR | (constants.O_NOFOLLOW ?? 0);

export function createFolderSink({
  root,
  renamed = new Map(),
  replaces = new Set(),
  finalPaths = new Set(),
  compares = false,
  readsBack = false,
  slot = 0,
  refusals = new DiskRefusals(),
  onSaved = () => {},
  onFound = () => {},
}: FolderSinkOptions): PartsSink {
  const { isInMemory, isLocal } = diskOf(root);
  const pace = new WritePace(isLocal);
  /** Folders known to be real ones, by manifest path; the root is ''. */
  const known = new Set(['']);
  /** What stands in folders, until something is made. */
  const listed = new Map<string, ReadonlySet<string> | null>();
  /** Folders whose entries changed, on disk. */
  const touched = new Set([dirname(root)]);
  /** Folders in which this transfer could make something, on disk. */
  const written = new Set<string>();
  /** Parts that were opened or found, on disk. */
  const parts = new Set<string>();
  let lastFolder = { parent: '', diskPath: root, prefix: join(root, sep) };

  function ensureFolder(path: string): void {
    if (known.has(path)) return;
    const parent = parentOf(path);
    ensureFolder(parent);
    const diskPath = join(root, path);
    try {
      mkdirSync(diskPath);
      touched.add(join(root, parent));
      touched.add(diskPath);
      written.add(join(root, parent));
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST') throw refusedIn(join(root, parent), error, path);
      expectFolder(diskPath, path);
    }
    known.add(path);
  }

  /** Where a manifest path's folder is on the disk, and what a name there begins with. Files of a folder follow each other. */
  function folderOf(path: string): typeof lastFolder {
    const parent = parentOf(path);
    if (parent !== lastFolder.parent) {
      const diskPath = join(root, parent);
      lastFolder = { parent, diskPath, prefix: join(diskPath, sep) };
    }
    return lastFolder;
  }

  /** The parent may have been swapped for a link since it was made: asked again whenever a name is made in it. */
  function checkContained(path: string): void {
    const { parent, diskPath } = folderOf(path);
    if (parent === '') return;
    if (!isSamePath(realPathOf(diskPath, path), diskPath)) throw linkRefused(parent);
  }

  function placeOf(entry: ManifestEntry): PartPlace {
    const path = renamed.get(entry.index) ?? entry.path;
    const { prefix } = folderOf(path);
    return {
      partPath: prefix + freePartName(path),
      finalPath: prefix + basename(path),
      entry: path === entry.path ? entry : { ...entry, path },
      mayReplace: replaces.has(entry.index),
      readsBack,
      isInMemory,
      pace,
      refusals,
      leavesEqual: compares,
      nextPath: freeBeside(entry.path),
      twinPath: compares && path !== entry.path ? join(root, entry.path) : null,
      checkContained: () => checkContained(path),
      onSaved: (name) => onSaved(entry.index, posix.join(parentOf(path), name)),
    };
  }

  /** Numbered names that no other file of the offer will have. Whether the disk has them shows when they are taken. */
  function freeBeside(path: string): () => string {
    const candidates = numberedPaths(path, 1);
    return () => {
      for (;;) {
        const { value: candidate } = candidates.next();
        if (!finalPaths.has(candidate.toLowerCase())) return join(root, candidate);
      }
    };
  }

  /** Names in a folder, in lower case; null when there is no such folder. Asked once for many files. */
  function namesIn(path: string): ReadonlySet<string> | null {
    let names = listed.get(path);
    if (names === undefined) {
      names = listNames(join(root, path), path);
      listed.set(path, names);
    }
    return names;
  }

  async function openFile(entry: ManifestEntry): Promise<ByteSink> {
    listed.clear();
    const place = placeOf(entry);
    const { path } = place.entry;
    ensureFolder(parentOf(path));
    checkContained(path);
    const folder = folderOf(path).diskPath;
    touched.add(folder);
    parts.add(place.partPath);
    try {
      const part = new PartFile(await withDescriptor(() => openPart(place.partPath)), place);
      written.add(folder);
      return part;
    } catch (error) {
      throw refusedIn(folder, error, path);
    }
  }

  /** Permission that was there a moment ago may come back, and is waited for; one that never was there isn't. */
  function refusedIn(folder: string, error: unknown, path: string): unknown {
    const told = sinkError(error, path);
    if (!(told instanceof TransferError) || errnoOf(error) !== 'EACCES' || written.has(folder)) return told;
    return new TransferError(told.code, told.message, { cause: error });
  }

  async function findExisting(entry: ManifestEntry, withFinal: boolean): Promise<ExistingContent | null> {
    const names = namesIn(parentOf(entry.path));
    if (names === null || names.size === 0) return null;
    const place = placeOf(entry);
    const folder = folderOf(place.entry.path).diskPath;
    const isNamed = [place.finalPath, place.partPath, entry.path].some((path) =>
      names.has(basename(path).toLowerCase()),
    );
    if (!isNamed) return null;
    checkContained(place.entry.path);
    if (names.has(basename(place.partPath).toLowerCase())) parts.add(place.partPath);
    const found = {
      ...place,
      originalPath: compares && place.entry.path !== entry.path ? join(root, entry.path) : null,
      onFinal: (path: string) => onFound(entry.index, posix.join(parentOf(entry.path), basename(path))),
      resumePart(descriptor: number, kept: KeptPart) {
        touched.add(folder);
        return new PartFile(descriptor, place, kept);
      },
      openNewPart: () => openFile(entry),
    };
    return findExistingFile(found, withFinal);
  }

  /** An offer may hold a file that is named like another one's part. */
  function freePartName(path: string): string {
    const parent = parentOf(path);
    let name = partNameIn(slot, basename(path));
    while (finalPaths.has(posix.join(parent, name).toLowerCase())) name = partNameIn(slot, `${name}~`);
    return name;
  }

  async function finish(): Promise<void> {
    const folders = [...touched];
    const workers = Array.from({ length: SYNCS_AT_ONCE }, async () => {
      for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) await syncFolder(folder);
    });
    await Promise.all(workers);
  }

  return {
    makeFolder: async (path) => ensureFolder(path),
    openFile,
    findExisting,
    finish,
    removeParts: () => removeParts(root, parts),
  };
}

function listNames(folder: string, path: string): ReadonlySet<string> | null {
  try {
    return new Set(readdirSync(folder).map((name) => name.toLowerCase()));
  } catch (error) {
    // A file, or nothing at all, where a folder will be.
    if (['ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '')) return null;
    throw sinkError(error, path);
  }
}

function openPart(partPath: string): number {
  try {
    return openSync(partPath, PART_FLAGS, 0o666);
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error;
    // A leftover of an earlier transfer. Who still writes to it notices when it commits.
    unlinkSync(partPath);
    return openSync(partPath, PART_FLAGS, 0o666);
  }
}

function realPathOf(diskPath: string, path: string): string {
  try {
    return realpathSync.native(diskPath);
  } catch (error) {
    throw sinkError(error, path);
  }
}

/** `diskPath` exists. */
function expectFolder(diskPath: string, path: string): void {
  const stats = lstatSync(diskPath, { throwIfNoEntry: false });
  if (stats?.isSymbolicLink()) throw linkRefused(path);
  if (stats?.isDirectory()) return;
  throw new TransferError(
    'path-refused',
    `${quoted(path)} is needed as a folder, but a file is already there.`,
  );
}

function linkRefused(path: string): TransferError {
  return new TransferError(
    'path-refused',
    `${quoted(path)} in the output folder is a symbolic link; nothing is written through it.`,
  );
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
