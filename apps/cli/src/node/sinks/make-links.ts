// The links of an offer, made last: when every file has its name, so that nothing is ever written by way of one. Neither what stands
// under a link's name is followed, nor what leads there. docs/PROTOCOL.md section 10.
import { lstatSync, readlinkSync, renameSync, type Stats, symlinkSync, unlinkSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { setImmediate as otherEvents } from 'node:timers/promises';
import { type Manifest, numberedPaths, type PlacedPaths, TransferError } from '@p2p-copy/core';
import { errnoOf, sinkError } from '../disk/disk-error.ts';
import { isSamePath } from '../disk/same-path.ts';
import { whileHeld } from '../parts/busy-files.ts';
import type { DiskRefusals } from '../parts/disk-refusals.ts';
import { linkRefused, realPathOf } from './folder-checks.ts';
import type { PartsSink } from './remove-parts.ts';
import { asideOf } from './replaced-files.ts';
import { syncFolders } from './sync-folder.ts';

/** Links that are made before the event loop turns. */
const LINKS_AT_ONCE = 256;

/** A link as it is to stand in the output folder; paths are relative to that. */
export interface PlacedLink {
  index: number;
  path: string;
  /** The path to which it leads. */
  target: string;
  /** Whether a folder is offered there: Windows has links of two kinds. */
  isFolder: boolean;
  mayReplace: boolean;
}

export interface LinkOptions {
  /** The output folder, which exists; no symbolic link in it. */
  root: string;
  links: readonly PlacedLink[];
  /** Every path under which an entry of this transfer will stand, in lower case. */
  finalPaths: ReadonlySet<string>;
  /** Counts links that the disk refuses. */
  refusals: DiskRefusals;
  onSaved(index: number, path: string): void;
}

/** The links of an offer that are wanted, with their places. */
export function placedLinks(
  { entries }: Manifest,
  {
    skip,
    placed,
    replaces,
  }: { skip: ReadonlySet<number>; placed: PlacedPaths; replaces: ReadonlySet<number> },
): PlacedLink[] {
  const links = entries.filter(({ kind, index }) => kind === 'link' && !skip.has(index));
  if (links.length === 0) return [];
  const folders = new Set<string>();
  for (const { kind, path } of entries) if (kind === 'folder') folders.add(path);
  const placeOf = placedTargets({ entries }, placed);
  return links.map((link) => ({
    index: link.index,
    path: placed.pathOf(link),
    target: placeOf(link.target!),
    isFolder: folders.has(link.target!),
    mayReplace: replaces.has(link.index),
  }));
}

/** Where an offered path stands, whether or not there is an entry of it. */
export function placedTargets(
  { entries }: Pick<Manifest, 'entries'>,
  placed: PlacedPaths,
): (target: string) => string {
  const files = new Map<string, string>();
  if (placed.files.size > 0)
    for (const { index, path } of entries) {
      const own = placed.files.get(index);
      if (own !== undefined) files.set(path, own);
    }
  return (target) => files.get(target) ?? placed.folderAt(target);
}

/** The text of a link: from its folder to its target, never absolute. */
export function textOfLink({ path, target }: Pick<PlacedLink, 'path' | 'target'>): string {
  const text = posix.relative(`/${posix.dirname(path)}`, `/${target}`);
  return text === '' ? '.' : text;
}

/** A sink that makes links at its end, before folders get their times. */
export function withLinks(sink: PartsSink, options: LinkOptions): PartsSink {
  if (options.links.length === 0) return sink;
  return {
    ...sink,
    async finish() {
      await makeLinks(sink, options);
      await sink.finish();
    },
    async finishWithout() {
      await makeLinks(sink, options);
      await sink.finishWithout?.();
    },
  };
}

/** @throws TransferError what may pass, such as a full disk: then it is tried again, and what is made stays */
async function makeLinks(
  sink: PartsSink,
  { root, links, finalPaths, refusals, onSaved }: LinkOptions,
): Promise<void> {
  const touched = new Set<string>();
  let count = 0;
  const takeName = async (link: PlacedLink): Promise<boolean> => {
    count += 1;
    if (count % LINKS_AT_ONCE === 0) await otherEvents();
    try {
      if (wouldLoseFile(root, link)) return false;
      await sink.makeFolder(parentOf(link.path));
      expectReal(root, parentOf(link.path));
      expectReal(root, parentOf(link.target));
      onSaved(link.index, await takeLinkName(root, link, finalPaths));
      touched.add(join(root, parentOf(link.path)));
    } catch (error) {
      if (!(error instanceof TransferError) || error.retryable) throw error;
      // A link has no content: without it everything else is there.
      refusals.note('link');
    }
    return true;
  };
  // Again for those that wait for another link.
  for (let waiting = [...links], left: PlacedLink[] = []; waiting.length > 0; waiting = left) {
    left = [];
    for (const link of waiting) if (!(await takeName(link))) left.push(link);
    if (left.length < waiting.length) continue;
    for (const _ of left) refusals.note('link');
    break;
  }
  await syncFolders(
    [...touched].map((folder) => [folder, null]),
    refusals,
  );
}

/** Whether a link would take the place of a person's file, and lead to nothing: what it leads to may not have arrived. */
function wouldLoseFile(root: string, { path, target, mayReplace }: PlacedLink): boolean {
  if (!mayReplace || standingAt(join(root, target), target) !== null) return false;
  return standingAt(join(root, path), path)?.isFile() ?? false;
}

/** @throws TransferError `path-refused` where a link leads to a folder, or takes the place of one */
function expectReal(root: string, folder: string): void {
  if (folder === '') return;
  const diskPath = join(root, folder);
  for (let path = diskPath; path.length > root.length; path = dirname(path)) {
    const stats = standingAt(path, folder);
    if (stats === null) continue;
    if (stats.isSymbolicLink() || !isSamePath(realPathOf(path, folder), path)) throw linkRefused(folder);
    return;
  }
}

/** Null for nothing, also where a file is on the way. @throws TransferError those of `sinkError` */
function standingAt(diskPath: string, path: string): Stats | null {
  try {
    return lstatSync(diskPath);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '')) return null;
    throw sinkError(error, path);
  }
}

/** Makes a link under its name, or another one where that is taken; the path. */
async function takeLinkName(
  root: string,
  link: PlacedLink,
  finalPaths: ReadonlySet<string>,
): Promise<string> {
  const text = textOfLink(link);
  const candidates = numberedPaths(link.path, 1);
  for (let path = link.path; ; path = candidates.next().value) {
    // A number that another entry has in its name.
    if (path !== link.path && finalPaths.has(path.toLowerCase())) continue;
    const diskPath = join(root, path);
    if (textAt(diskPath) === text) return path;
    const isMade =
      link.mayReplace && path === link.path
        ? await replace(diskPath, text, link)
        : make(diskPath, text, link);
    if (isMade) return path;
  }
}

/** What a link that stands there says; null for nothing, and for anything else. */
export function textAt(diskPath: string): string | null {
  try {
    return readlinkSync(diskPath);
  } catch {
    return null;
  }
}

/** False when the name is taken. @throws TransferError those of `sinkError` */
function make(diskPath: string, text: string, { path, isFolder }: PlacedLink): boolean {
  try {
    symlinkSync(text, diskPath, isFolder ? 'dir' : 'file');
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw sinkError(error, path);
  }
}

/** The link takes the place of a file or link at once; false for a folder, which stays. @throws TransferError those of `sinkError` */
async function replace(diskPath: string, text: string, link: PlacedLink): Promise<boolean> {
  const stats = lstatSync(diskPath, { throwIfNoEntry: false });
  if (stats === undefined) return make(diskPath, text, link);
  if (stats.isDirectory()) return false;
  const aside = asideOf(diskPath);
  if (!make(aside, text, link)) return false;
  try {
    await whileHeld(() => renameSync(aside, diskPath));
    return true;
  } catch (error) {
    await whileHeld(() => unlinkSync(aside)).catch(() => {});
    if (['EISDIR', 'ENOTEMPTY', 'EEXIST'].includes(errnoOf(error) ?? '')) return false;
    throw sinkError(error, link.path);
  }
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
