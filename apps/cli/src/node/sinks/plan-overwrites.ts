// Decides before anything is written what becomes of each file whose name is already taken in the output folder. The
// policy is this side's own: nothing in an offer can change it.
import type { Stats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Manifest,
  type ManifestEntry,
  MIN_COMPARED_BYTES,
  type NameRules,
  numberedPaths,
  Pace,
  TransferError,
} from '@p2p-copy/core';
import { quoted } from '../../wording/show-text.ts';
import { nodeClock } from '../clock.ts';
import { errnoOf, sinkError } from '../disk/disk-error.ts';
import { looksSame } from '../disk/looks-same.ts';

/** A file of the offer whose name is taken. */
export interface Conflict {
  path: string;
  sizeBytes: number | null;
  modifiedMs: number | null;
  /** What stands there now. A folder can't be replaced by a file. */
  existing: { kind: 'file' | 'folder'; sizeBytes: number; modifiedMs: number };
}

export type OverwriteAction = 'skip' | 'rename' | 'replace';

/** What to do about one conflict. */
export type DecideOverwrite = (conflict: Conflict) => OverwriteAction | Promise<OverwriteAction>;

export interface OverwritePlan {
  /** Indices of entries that are not wanted. */
  skip: Set<number>;
  /** Paths under which entries are saved instead of their own, by index. */
  renamed: Map<number, string>;
  /** Indices of entries that replace what is there. */
  replaces: Set<number>;
  /** Every path under which a file will stand, in lower case: whatever the disk, none of them is another file's part. */
  finalPaths: Set<string>;
}

export interface PlanOptions {
  /** The output folder; need not exist yet. */
  root: string;
  manifest: Manifest;
  rules: NameRules;
  /** Whether a file that looks like the offered one isn't decided about: once the other is here, equal ones are left alone. */
  compares: boolean;
  decide: DecideOverwrite;
  /** Aborted when the answer doesn't matter any more. */
  signal?: AbortSignal;
}

/**
 * @throws TransferError `interrupted`; `exists` (file and folder in each other's place), `path-refused` (a parent is
 * a symbolic link)
 */
export async function planOverwrites(options: PlanOptions): Promise<OverwritePlan> {
  const { root, manifest, rules, compares, decide, signal } = options;
  const disk = new KnownDisk(root);
  const fold = (path: string) => (rules.foldsCase ? path.toLowerCase() : path);
  /** Names of the offer; few offers need them. */
  let taken: Set<string> | null = null;
  const plan: OverwritePlan = {
    skip: new Set(),
    renamed: new Map(),
    replaces: new Set(),
    finalPaths: new Set(),
  };

  // A folder that isn't here yet is never asked for.
  const pace = new Pace(nodeClock);
  for (const entry of manifest.entries) {
    await pace.step();
    if (signal?.aborted) throw new TransferError('interrupted');
    if (entry.kind === 'text') continue;
    const existing = await disk.at(entry.path);
    if (entry.kind === 'folder') {
      if (existing !== null) expectFolder(existing, entry.path);
      continue;
    }
    if (existing === null || (compares && looksSame(entry, existing))) {
      plan.finalPaths.add(entry.path.toLowerCase());
      continue;
    }
    const action = await decide(conflictOf(entry, existing));
    if (action === 'skip') plan.skip.add(entry.index);
    else if (action === 'rename') plan.renamed.set(entry.index, await freePath(entry.path));
    else plan.replaces.add(expectReplaceable(entry, existing).index);
    if (action !== 'skip') plan.finalPaths.add((plan.renamed.get(entry.index) ?? entry.path).toLowerCase());
  }
  return plan;

  async function freePath(path: string): Promise<string> {
    taken ??= new Set(manifest.entries.map((entry) => fold(entry.path)));
    const candidates = numberedPaths(path, 1);
    for (;;) {
      const { value: candidate } = candidates.next();
      if (taken.has(fold(candidate)) || (await disk.at(candidate)) !== null) continue;
      taken.add(fold(candidate));
      return candidate;
    }
  }
}

/**
 * Files of the offer that could be compared with a file under their name.
 * @param root the output folder; need not exist yet
 * @throws TransferError those of `planOverwrites`
 */
export async function comparableFiles(root: string, { entries }: Manifest): Promise<ManifestEntry[]> {
  const disk = new KnownDisk(root);
  const found: ManifestEntry[] = [];
  for (const entry of entries) {
    if (entry.kind !== 'file' || (entry.sizeBytes ?? 0) < MIN_COMPARED_BYTES) continue;
    const existing = await disk.at(entry.path);
    if (existing?.isFile() && existing.size >= MIN_COMPARED_BYTES) found.push(entry);
  }
  return found;
}

/**
 * What stands in the output folder, asked once for each folder: an offer of 100,000 new files costs few lookups. Asks from the
 * top down, so that of folders which aren't here only the topmost is asked for and remembered, however deep an offer is.
 */
class KnownDisk {
  readonly #root: string;
  readonly #folders = new Map<string, boolean>();
  /** The files of a folder follow each other. */
  #last: { parent: string; isHere: boolean } | null = null;

  constructor(root: string) {
    this.#root = root;
  }

  async at(path: string): Promise<Stats | null> {
    const parent = parentOf(path);
    if (parent !== this.#last?.parent) this.#last = { parent, isHere: await this.#hasFolder(parent) };
    return this.#last.isHere ? this.#lookUp(path) : null;
  }

  async #hasFolder(path: string): Promise<boolean> {
    // The output folder itself is ''.
    for (let end = 0; ; ) {
      const folder = path.slice(0, end);
      const isHere = this.#folders.get(folder) ?? (await this.#findFolder(folder));
      if (!isHere || end === path.length) return isHere;
      const slash = path.indexOf('/', end + 1);
      end = slash < 0 ? path.length : slash;
    }
  }

  async #findFolder(path: string): Promise<boolean> {
    const stats = await this.#lookUp(path);
    if (stats !== null && path !== '') expectFolder(stats, path);
    this.#folders.set(path, stats !== null);
    return stats !== null;
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

function expectFolder(stats: Stats, path: string): void {
  if (stats.isDirectory()) return;
  if (stats.isSymbolicLink()) {
    throw new TransferError(
      'path-refused',
      `${quoted(path)} in the output folder is a symbolic link; nothing is written through it.`,
    );
  }
  throw new TransferError('exists', `${quoted(path)} is offered as a folder, but a file is already there.`);
}

function expectReplaceable(entry: ManifestEntry, existing: Stats): ManifestEntry {
  if (!existing.isDirectory()) return entry;
  throw new TransferError(
    'exists',
    `${quoted(entry.path)} is offered as a file, but a folder is already there.`,
  );
}

function conflictOf({ path, sizeBytes, modifiedMs }: ManifestEntry, existing: Stats): Conflict {
  const kind = existing.isDirectory() ? 'folder' : 'file';
  return {
    path,
    sizeBytes,
    modifiedMs,
    existing: { kind, sizeBytes: existing.size, modifiedMs: existing.mtimeMs },
  };
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
