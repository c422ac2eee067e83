// Port FolderSink on a disk: where the files of an offer arrive. `checkPath` has made the paths harmless as text; here
// is what only the disk knows: links that lead out, and what already stands there.
import { mkdirSync } from 'node:fs';
import { basename, dirname, join, posix, relative, sep } from 'node:path';
import {
  type ByteSink,
  type ExistingContent,
  type ManifestEntry,
  numberedPaths,
  PlacedPaths,
  TransferError,
} from '@p2p-copy/core';
import { withDescriptor } from '../descriptors.ts';
import { errnoOf, sinkError } from '../disk/disk-error.ts';
import { placeOf as diskOf } from '../disk/in-memory.ts';
import { isSamePath } from '../disk/same-path.ts';
import { HeldParts } from '../parts/busy-files.ts';
import { DiskRefusals } from '../parts/disk-refusals.ts';
import { folderMode } from '../parts/mode-and-time.ts';
import { openPart } from '../parts/open-part.ts';
import { PartFile } from '../parts/part-file.ts';
import type { PartPlace } from '../parts/part-place.ts';
import { partNameIn } from '../parts/part-slot.ts';
import { SharedFlush, WRITE_THROUGH } from '../parts/shared-flush.ts';
import { WritePace } from '../parts/write-pace.ts';
import { findExistingFile, type KeptPart } from './existing-file.ts';
import { expectFolder, linkRefused, listNames, mayGiveWay, realPathOf } from './folder-checks.ts';
import { type PartsSink, removeParts } from './remove-parts.ts';
import { ReplacedFiles } from './replaced-files.ts';
import { syncFolders } from './sync-folder.ts';

export interface FolderSinkOptions {
  /** The output folder, which exists; no symbolic link in it (`realpath`). */
  root: string;
  /** Where entries are saved. */
  placed?: PlacedPaths;
  /** Folders of the offer, by path below the root. */
  folders?: ReadonlyMap<string, Pick<ManifestEntry, 'mode' | 'modifiedMs'>>;
  /** Folders, on the disk, that replace a file which is there. */
  replacingFolders?: ReadonlySet<string>;
  /** Keeps what they replace until all is here. */
  replaced?: ReplacedFiles;
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

const NO_PERMISSION = new Set(['EACCES', 'EPERM']);

export function createFolderSink({
  root,
  placed = new PlacedPaths(),
  folders = new Map(),
  replacingFolders = new Set(),
  replaced = new ReplacedFiles(),
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
  /** Folders known to be real ones, by path below the root, which is ''. */
  const known = new Set(['']);
  /** Folders that are being made. */
  const making = new Map<string, Promise<void>>();
  /** What stands in folders, until something is made. */
  const listed = new Map<string, ReadonlySet<string> | null>();
  /** Folders whose entries changed, on disk. */
  const touched = new Set([dirname(root)]);
  /** Folders in which this transfer could make something, on disk. */
  const written = new Set<string>();
  /** Parts that were opened or found, on disk. */
  const parts = new Set<string>();
  const heldParts = new HeldParts();
  const flushes = new SharedFlush();
  let lastFolder = { parent: '', diskPath: root, prefix: join(root, sep) };

  /** One attempt at a time, since what stands there may have to be waited for. */
  async function ensureFolder(path: string): Promise<void> {
    if (known.has(path)) return;
    let attempt = making.get(path);
    if (attempt === undefined) {
      attempt = makeFolderAt(path).finally(() => making.delete(path));
      making.set(path, attempt);
    }
    await attempt;
  }

  async function makeFolderAt(path: string): Promise<void> {
    const parent = parentOf(path);
    await ensureFolder(parent);
    const diskPath = join(root, path);
    for (;;) {
      try {
        mkdirSync(diskPath, folderMode(folders.get(path)?.mode));
        touched.add(join(root, parent));
        touched.add(diskPath);
        written.add(join(root, parent));
        break;
      } catch (error) {
        if (errnoOf(error) !== 'EEXIST') throw refusedIn(join(root, parent), error, path);
        if (replacingFolders.has(path) && mayGiveWay(diskPath)) {
          await replaced.setAside(diskPath, path);
          continue;
        }
        expectFolder(diskPath, path);
        if (replacingFolders.has(path)) replaced.noteEarlier(diskPath);
        break;
      }
    }
    known.add(path);
  }

  /** Where a path's folder is on the disk, and what a name there begins with. Files of a folder follow each other. */
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

  function placeOf(entry: ManifestEntry, sharedFlush: SharedFlush | null = null): PartPlace {
    const path = placed.pathOf(entry);
    const { prefix } = folderOf(path);
    const ownPath = ownPathOf(entry);
    return {
      partPath: prefix + freePartName(path),
      finalPath: prefix + basename(path),
      entry: path === entry.path ? entry : { ...entry, path },
      mayReplace: replaces.has(entry.index),
      readsBack,
      isInMemory,
      keepsHoles: isLocal,
      pace,
      sharedFlush,
      refusals,
      heldParts,
      leavesEqual: compares,
      nextPath: freeBeside(ownPath ?? path),
      twinPath: compares && ownPath !== null ? join(root, ownPath) : null,
      checkContained: () => checkContained(path),
      onSaved: (name) => onSaved(entry.index, posix.join(parentOf(path), name)),
    };
  }

  /** Where a file would stand if nothing had that name; null when it stands there. */
  function ownPathOf({ index, path }: ManifestEntry): string | null {
    const placedAt = placed.files.get(index);
    if (placedAt === undefined) return null;
    const own = placed.held.get(index) ?? posix.join(placed.folderAt(parentOf(path)), basename(path));
    return own === placedAt ? null : own;
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
    const path = placed.pathOf(entry);
    await ensureFolder(parentOf(path));
    checkContained(path);
    const folder = folderOf(path).diskPath;
    touched.add(folder);
    const isShared = flushes.isFor(folder, entry.sizeBytes);
    const place = placeOf(entry, isShared ? flushes : null);
    const open = () => openPart(place.partPath, isShared ? WRITE_THROUGH : 0);
    parts.add(place.partPath);
    try {
      const part = new PartFile(await withDescriptor(open), place);
      written.add(folder);
      return part;
    } catch (error) {
      throw refusedIn(folder, error, path);
    }
  }

  /** Permission that was there a moment ago may come back, and is waited for; one that never was there isn't. */
  function refusedIn(folder: string, error: unknown, path: string): unknown {
    const told = sinkError(error, path);
    if (!(told instanceof TransferError) || !NO_PERMISSION.has(errnoOf(error) ?? '') || written.has(folder))
      return told;
    return new TransferError(told.code, told.message, { cause: error });
  }

  async function findExisting(entry: ManifestEntry, withFinal: boolean): Promise<ExistingContent | null> {
    const place = placeOf(entry);
    const names = namesIn(parentOf(place.entry.path));
    if (names === null || names.size === 0) return null;
    const folder = folderOf(place.entry.path).diskPath;
    const ownPath = ownPathOf(entry);
    const isNamed = [place.finalPath, place.partPath, ownPath ?? place.finalPath].some((path) =>
      names.has(basename(path).toLowerCase()),
    );
    if (!isNamed) return null;
    checkContained(place.entry.path);
    if (names.has(basename(place.partPath).toLowerCase())) parts.add(place.partPath);
    const found = {
      ...place,
      originalPath: compares && ownPath !== null ? join(root, ownPath) : null,
      onFinal: (path: string) => onFound(entry.index, posix.join(parentOf(place.entry.path), basename(path))),
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

  /** Times that folders get, by their place on the disk: of those that were made or found here. */
  function offeredTimes(): Map<string, number> {
    const times = new Map<string, number>();
    for (const [path, { modifiedMs }] of folders)
      if (modifiedMs !== null && known.has(path)) times.set(join(root, path), modifiedMs);
    return times;
  }

  async function finishWithout(): Promise<void> {
    for (const path of await heldParts.removeAll()) refusals.noteLeft(relative(root, path));
    const times = offeredTimes();
    const timed = [...new Set([...touched, ...times.keys()])].map((folder): [string, number | null] => [
      folder,
      times.get(folder) ?? null,
    ]);
    await syncFolders(timed, refusals);
  }

  return {
    makeFolder: async (path) => ensureFolder(placed.folderAt(path)),
    openFile,
    findExisting,
    finish: () => replaced.remove().then(finishWithout),
    finishWithout,
    removeParts: () => removeParts(root, parts),
  };
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
