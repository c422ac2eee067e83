// Decides before anything is written what becomes of each file whose name is already taken in the output folder. The
// policy is this side's own: nothing in an offer can change it.
import type { Stats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Manifest,
  type ManifestEntry,
  MIN_COMPARED_BYTES,
  numberedPaths,
  Pace,
  type PlacedPaths,
  TransferError,
} from '@p2p-copy/core';
import { errnoOf, sinkError } from '../disk/disk-error.ts';
import { looksSame } from '../disk/looks-same.ts';
import { nodeClock } from '../time/clock.ts';
import { placedTargets, textAt, textOfLink } from './make-links.ts';

/** A file or link of the offer whose name is taken, or a folder whose name is a file's. */
export interface Conflict {
  path: string;
  /** What is offered. */
  kind: 'file' | 'folder' | 'link';
  /** 0 for a folder or link. */
  sizeBytes: number | null;
  modifiedMs: number | null;
  /** What stands there now. A folder isn't replaced by a file: that file gets another name. */
  existing: { kind: 'file' | 'folder'; sizeBytes: number; modifiedMs: number };
}

export type OverwriteAction = 'skip' | 'rename' | 'replace';

/** What to do about one conflict. */
export type DecideOverwrite = (conflict: Conflict) => OverwriteAction | Promise<OverwriteAction>;

export interface OverwritePlan {
  /** Indices of entries that are not wanted. */
  skip: Set<number>;
  /** Where entries are saved. */
  placed: PlacedPaths;
  /** Indices of entries that replace what is there. Of a folder: a file. */
  replaces: Set<number>;
  /** Every path under which a file will stand, in lower case: whatever the disk, none of them is another file's part. */
  finalPaths: Set<string>;
}

export interface PlanOptions {
  /** The output folder; need not exist yet. */
  root: string;
  manifest: Manifest;
  /** Where names are that the disk can't hold as they are. Others are added. */
  placed: PlacedPaths;
  /** Whether names that differ only in case are one. */
  foldsCase: boolean;
  /** Between two times of files that the disk tells apart. */
  grainMs?: number;
  /** Whether a file that looks like the offered one isn't decided about: once the other is here, equal ones are left alone. */
  compares: boolean;
  decide: DecideOverwrite;
  /** Aborted when the answer doesn't matter any more. */
  signal?: AbortSignal;
}

/**
 * @throws TransferError `interrupted`
 */
export async function planOverwrites(options: PlanOptions): Promise<OverwritePlan> {
  const { root, manifest, placed, foldsCase, grainMs = 1, compares, decide, signal } = options;
  const disk = new KnownDisk(root);
  const fold = (path: string) => (foldsCase ? path.toLowerCase() : path);
  /** Names of the offer; few offers need them. */
  let taken: Set<string> | null = null;
  const plan: OverwritePlan = { skip: new Set(), placed, replaces: new Set(), finalPaths: new Set() };
  /** Folders that are not wanted, where they would stand. */
  const skipped = new Set<string>();

  // A folder that isn't here yet is never asked for.
  const pace = new Pace(nodeClock);
  for (const entry of manifest.entries) {
    await pace.step();
    if (signal?.aborted) throw new TransferError('interrupted');
    if (entry.kind === 'text') continue;
    if (!(await hasFolder(entry))) plan.skip.add(entry.index);
    else if (entry.kind === 'file')
      await planFile(entry, (existing) => compares && looksSame(entry, existing, grainMs));
  }
  // What they lead to has its place by now.
  const targets = placedTargets(manifest, placed);
  for (const entry of manifest.entries) {
    if (entry.kind !== 'link' || plan.skip.has(entry.index)) continue;
    await pace.step();
    const place = { path: placed.pathOf(entry), target: targets(entry.target!) };
    await planFile(entry, () => textAt(join(root, place.path)) === textOfLink(place));
  }
  return plan;

  /** Decides about whatever stands in place of the folder that an entry is or needs. False where that isn't wanted. */
  async function hasFolder(entry: ManifestEntry): Promise<boolean> {
    const folder = entry.kind === 'folder' ? entry.path : parentOf(entry.path);
    for (;;) {
      const obstacle = await disk.obstacleTo(placed.folderAt(folder));
      if (obstacle === null) return true;
      if (skipped.has(obstacle.path)) return false;
      // As many names of the offered path lead to it.
      const offered = folder.split('/').slice(0, obstacle.path.split('/').length).join('/');
      const action = await decide(conflictOf({ ...FOLDER, path: offered }, obstacle.stats));
      if (action === 'skip') skipped.add(obstacle.path);
      // What a link leads to is not this transfer's to change.
      else if (action === 'rename' || obstacle.stats.isSymbolicLink())
        placed.placeFolder(offered, await freePath(placed.folderAt(offered)));
      else {
        plan.replaces.add(entry.index);
        disk.takeAway(obstacle.path);
      }
    }
  }

  /** @param isSame whether what stands there may be what is offered */
  async function planFile(entry: ManifestEntry, isSame: (existing: Stats) => boolean): Promise<void> {
    const { index } = entry;
    const path = placed.pathOf(entry);
    const existing = await disk.at(path);
    if (existing !== null && !isSame(existing)) {
      const action = await decide(conflictOf(entry, existing));
      if (action === 'skip') return void plan.skip.add(index);
      // What is in a folder is not lost for a file or link.
      if (action === 'rename' || existing.isDirectory()) placed.files.set(index, await freePath(path));
      else plan.replaces.add(index);
    }
    plan.finalPaths.add(placed.pathOf(entry).toLowerCase());
  }

  async function freePath(path: string): Promise<string> {
    taken ??= new Set(manifest.entries.map((entry) => fold(placed.pathOf(entry))));
    const candidates = numberedPaths(path, 1);
    for (;;) {
      const { value: candidate } = candidates.next();
      if (taken.has(fold(candidate)) || (await disk.at(candidate)) !== null) continue;
      taken.add(fold(candidate));
      return candidate;
    }
  }
}

const FOLDER = { kind: 'folder', sizeBytes: 0, modifiedMs: null } as const;

/** Folders of an offer by their place on the disk, but for those that aren't wanted. */
export function placedFolders(
  { entries }: Manifest,
  { skip, placed }: Pick<OverwritePlan, 'skip' | 'placed'>,
): Map<string, ManifestEntry> {
  const folders = new Map<string, ManifestEntry>();
  for (const entry of entries)
    if (entry.kind === 'folder' && !skip.has(entry.index)) folders.set(placed.folderAt(entry.path), entry);
  return folders;
}

/** Folders, on the disk, that may replace what is there. */
export function replacingFolders(
  { entries }: Manifest,
  { replaces, placed }: Pick<OverwritePlan, 'replaces' | 'placed'>,
): Set<string> {
  const folders = new Set<string>();
  for (const index of replaces) {
    const entry = entries[index]!;
    const path = placed.pathOf(entry);
    // Of a file that comes before its folder is named, the folders that lead to it.
    for (
      let end = entry.kind === 'folder' ? path.length : path.lastIndexOf('/');
      end > 0;
      end = path.lastIndexOf('/', end - 1)
    )
      folders.add(path.slice(0, end));
  }
  return folders;
}

/**
 * Files of the offer that could be compared with a file under their name.
 * @param root the output folder; need not exist yet
 * @throws TransferError those of `planOverwrites`
 */
export async function comparableFiles(
  root: string,
  { entries }: Manifest,
  placed: PlacedPaths,
): Promise<ManifestEntry[]> {
  const disk = new KnownDisk(root);
  const found: ManifestEntry[] = [];
  for (const entry of entries) {
    if (entry.kind !== 'file' || (entry.sizeBytes ?? 0) < MIN_COMPARED_BYTES) continue;
    const path = placed.pathOf(entry);
    if ((await disk.obstacleTo(parentOf(path))) !== null) continue;
    const existing = await disk.at(path);
    if (existing?.isFile() && existing.size >= MIN_COMPARED_BYTES) found.push(entry);
  }
  return found;
}

interface Obstacle {
  path: string;
  stats: Stats;
}

/**
 * What stands in the output folder, asked once for each folder: an offer of 100,000 new files costs few lookups. Asks from the
 * top down, so that of folders which aren't here only the topmost is asked for and remembered, however deep an offer is.
 */
class KnownDisk {
  readonly #root: string;
  /** What stands in place of folders that were looked up; null for nothing. */
  readonly #folders = new Map<string, Stats | null>();
  /** The files of a folder follow each other. */
  #last: { folder: string; obstacle: Obstacle | null; isHere: boolean } | null = null;

  constructor(root: string) {
    this.#root = root;
  }

  /** What stands at a path whose folder has no obstacle. */
  async at(path: string): Promise<Stats | null> {
    const parent = parentOf(path);
    await this.obstacleTo(parent);
    return this.#last!.isHere ? this.#lookUp(path) : null;
  }

  /** The topmost that stands where a folder is needed and is none, such as a file or a symbolic link; null when nothing does. */
  async obstacleTo(folder: string): Promise<Obstacle | null> {
    if (this.#last?.folder !== folder) this.#last = { folder, ...(await this.#findFolder(folder)) };
    return this.#last.obstacle;
  }

  /** It will be no obstacle any more: nothing will be there. */
  takeAway(path: string): void {
    this.#folders.set(path, null);
    this.#last = null;
  }

  async #findFolder(path: string): Promise<{ obstacle: Obstacle | null; isHere: boolean }> {
    // The output folder itself is ''.
    for (let end = 0; ; ) {
      const folder = path.slice(0, end);
      let stats = this.#folders.get(folder);
      if (stats === undefined) {
        stats = await this.#lookUp(folder);
        this.#folders.set(folder, stats);
      }
      if (stats === null) return { obstacle: null, isHere: false };
      // The output folder may be named by a link.
      if (end > 0 && !stats.isDirectory()) return { obstacle: { path: folder, stats }, isHere: false };
      if (end === path.length) return { obstacle: null, isHere: true };
      const slash = path.indexOf('/', end + 1);
      end = slash < 0 ? path.length : slash;
    }
  }

  async #lookUp(path: string): Promise<Stats | null> {
    try {
      return await lstat(join(this.#root, path));
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return null;
      throw sinkError(error, path);
    }
  }
}

function conflictOf(
  { path, kind, sizeBytes, modifiedMs }: Pick<ManifestEntry, 'path' | 'kind' | 'sizeBytes' | 'modifiedMs'>,
  existing: Stats,
): Conflict {
  return {
    path,
    kind: kind === 'text' ? 'file' : kind,
    sizeBytes,
    modifiedMs,
    existing: {
      kind: existing.isDirectory() ? 'folder' : 'file',
      sizeBytes: existing.size,
      modifiedMs: existing.mtimeMs,
    },
  };
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
