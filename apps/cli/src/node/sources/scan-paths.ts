// From what was named to what is sent: walks folders and lists every entry of the manifest, in an order that depends
// on names alone. No content is read yet but to probe sizes. What can't be sent is found here, and marked.
import { isUtf8 } from 'node:buffer';
import { access, type BigIntStats, constants, type Dirent, lstat, lstatSync, stat, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as otherEvents } from 'node:timers/promises';
import {
  type EntryKind,
  SendableNames,
  type SourceEntry,
  TransferError,
  type UnsendableReason,
  unsendableEntry,
} from '@p2p-copy/core';
import { quoted } from '../../wording/show-text.ts';
import { withDescriptor } from '../descriptors.ts';
import { errnoOf, sourceError } from '../disk/disk-error.ts';
import { deviceLiesInMemory } from '../disk/in-memory.ts';
import { fileEntry, modeOf, modifiedMsOf } from './file-source.ts';
import { LinkTargets } from './link-targets.ts';
import type { NamedPath } from './named-paths.ts';
import { type StatedSize, statedSize } from './stated-size.ts';
import { escapedName, reasonOf } from './unsendable.ts';

/** Files looked at side by side: keeps libuv's threads busy, open promises few, and in memory all else waiting for half a millisecond. */
const SLICE = 128;
/** Undefined on Windows, whose files have no such owner. */
const OWN_UID = process.geteuid === undefined ? undefined : BigInt(process.geteuid());
const OWNER_READS = 0o400n;
/** More are only counted: folders that are linked in each other give hundreds of thousands. */
const MOST_WARNINGS = 10;
/** Targets of links that are looked up at once. */
const TARGETS_AT_ONCE = 4096;

export interface ScanOptions {
  /** What is left out and has no content, in words: what was deleted a moment ago; of links that are followed, broken ones and loops. The first ten, then their number. */
  onWarning(warning: string): void;
  /** Whether the content of links is sent in their place, wherever they lead. Default false: they are sent as links, within what is sent. */
  follow?: boolean;
  /** The first file that can be sent is found. */
  onContent?(): void;
  signal: AbortSignal;
}

/**
 * All that was named, with what can't be sent marked as `unsendable`.
 * @throws TransferError `source-unreadable` when this process can't look at files; `interrupted`
 */
export async function scanPaths(named: readonly NamedPath[], options: ScanOptions): Promise<SourceEntry[]> {
  const scan = new Scan(options, options.follow ? null : await LinkTargets.within(named));
  for (const item of named) await scan.addNamed(item);
  return scan.finished();
}

interface Folder {
  diskPath: string;
  path: string;
  stats: BigIntStats;
  /** Identities of the folders around it, to notice a link that leads back up. */
  within: readonly string[];
}

/** What a name in a folder turned out to be, or why it isn't sent. */
type Found =
  | ({ diskPath: string; path: string } & StatedSize)
  | { path: string; target: string }
  | { path: string; kind: EntryKind; reason: UnsendableReason }
  | { warning: string };

/** A name in a folder: as text, or for people where its bytes aren't UTF-8. */
type Name = { name: string } | { unsendable: string; kind: EntryKind };

class Scan {
  readonly #entries: SourceEntry[] = [];
  readonly #names = new SendableNames();
  readonly #options: ScanOptions;
  /** Null where links are followed. */
  readonly #links: LinkTargets | null;
  #hasContent = false;
  #warnings = 0;

  constructor(options: ScanOptions, links: LinkTargets | null) {
    this.#options = options;
    this.#links = links;
  }

  /** All entries, once everything is added. */
  async finished(): Promise<SourceEntry[]> {
    if (this.#links !== null) await this.#expectTargets();
    const more = this.#warnings - MOST_WARNINGS;
    if (more > 0)
      this.#options.onWarning(`${more.toLocaleString('en-US')} more are left out in the same way.`);
    return this.#entries;
  }

  async addNamed(item: NamedPath): Promise<void> {
    if ('reason' in item) return this.#leaveOut(item.kind, item.name, item.reason);
    const { diskPath, name: path, stats } = item;
    if (stats.isDirectory()) await this.#addFolder({ diskPath, path, stats, within: [] });
    // What a person named is followed.
    else await this.#addFound(await lookAtFile(diskPath, path, stats), [], true);
  }

  async #addFolder(folder: Folder): Promise<void> {
    if (this.#options.signal.aborted) throw new TransferError('interrupted');
    const names = await this.#listNames(folder);
    if (names === null || !this.#add(folderEntry(folder))) return;
    const within = [...folder.within, identity(folder.stats)];
    const isInMemory = deviceLiesInMemory(folder.stats.dev, folder.diskPath);
    for (let start = 0; start < names.length; start += SLICE) {
      const slice = names.slice(start, start + SLICE);
      const found = await Promise.all(slice.map((name) => lookAt(folder, name, isInMemory, this.#links)));
      // Nothing was waited for.
      if (isInMemory) await otherEvents();
      for (const item of found) await this.#addFound(item, within);
    }
  }

  async #addFound(item: Found, within: readonly string[], follows = this.#links === null): Promise<void> {
    if ('warning' in item) this.#warn(item.warning);
    else if ('reason' in item) this.#leaveOut(item.kind, item.path, item.reason);
    else if ('target' in item) this.#add(linkEntry(item.path, item.target));
    else if (!item.stats.isDirectory())
      this.#add(fileEntry(item.diskPath, item.path, item.stats, { sizeBytes: item.sizeBytes, follows }));
    else if (!within.includes(identity(item.stats))) await this.#addFolder({ ...item, within });
    else this.#warn(`${quoted(item.path)} is left out: it is a link to a folder that contains it.`);
  }

  #warn(warning: string): void {
    this.#warnings += 1;
    if (this.#warnings <= MOST_WARNINGS) this.#options.onWarning(warning);
  }

  /** What a receiver would refuse a link for shows when all else is known: that its target is left out, or is a link's by another spelling. */
  async #expectTargets(): Promise<void> {
    for (const [index, { kind, path, target }] of this.#entries.entries()) {
      if (index % TARGETS_AT_ONCE === TARGETS_AT_ONCE - 1) await otherEvents();
      if (kind !== 'link' || target === undefined) continue;
      const reason = this.#names.reasonAgainstTarget(target);
      if (reason !== null) this.#entries[index] = unsendableEntry('link', path, reason);
    }
  }

  /** Whether it can be sent beside all that was found before. */
  #add(entry: SourceEntry): boolean {
    const { kind, path } = entry;
    const reason = this.#names.add(kind, path);
    if (reason !== null) {
      this.#leaveOut(kind, path, reason);
      return false;
    }
    this.#entries.push(entry);
    if (kind === 'file' && !this.#hasContent) {
      this.#hasContent = true;
      this.#options.onContent?.();
    }
    return true;
  }

  #leaveOut(kind: EntryKind, path: string, reason: UnsendableReason): void {
    this.#entries.push(unsendableEntry(kind, path, reason));
  }

  /** Names in a stable order; null for a folder that can't be read. */
  async #listNames({ diskPath, path }: Folder): Promise<Name[] | null> {
    let found: Dirent<Buffer>[];
    try {
      // As bytes: a name that isn't UTF-8 would be mangled in silence.
      found = await withDescriptor(() => readdir(diskPath, { withFileTypes: true, encoding: 'buffer' }));
    } catch (error) {
      const fault = faultOf(error, 'folder', path);
      if ('warning' in fault) this.#warn(fault.warning);
      else this.#leaveOut(fault.kind, path, fault.reason);
      return null;
    }
    return found.sort((a, b) => Buffer.compare(a.name, b.name)).map(nameOf);
  }
}

function nameOf(found: Dirent<Buffer>): Name {
  if (isUtf8(found.name)) return { name: found.name.toString('utf8') };
  return { unsendable: escapedName(found.name), kind: found.isDirectory() ? 'folder' : 'file' };
}

type Fault = Extract<Found, { reason: unknown } | { warning: string }>;

/** @throws TransferError for an error that isn't about this path alone */
function faultOf(error: unknown, kind: EntryKind, path: string): Fault {
  const errno = errnoOf(error);
  if (errno === 'ENOENT' || errno === 'ELOOP')
    return { warning: `${quoted(path)} is left out: it is a link that leads nowhere, or was just deleted.` };
  const reason = reasonOf(error);
  if (reason === null) throw sourceError(error, path);
  return { path, kind, reason };
}

async function lookAt(
  folder: Folder,
  item: Name,
  isInMemory: boolean,
  links: LinkTargets | null,
): Promise<Found> {
  if ('unsendable' in item)
    return { path: `${folder.path}/${item.unsendable}`, kind: item.kind, reason: 'not-unicode' };
  const path = `${folder.path}/${item.name}`.normalize('NFC');
  const diskPath = join(folder.diskPath, item.name);
  let stats: BigIntStats;
  try {
    stats = await statOf(diskPath, isInMemory, links === null);
    if (stats.isSymbolicLink()) return await lookAtLink(diskPath, path, links!);
  } catch (error) {
    return faultOf(error, 'file', path);
  }
  if (stats.isDirectory()) return { diskPath, path, stats, sizeBytes: 0 };
  return lookAtFile(diskPath, path, stats);
}

async function lookAtLink(diskPath: string, path: string, links: LinkTargets): Promise<Found> {
  const found = await links.targetOf(diskPath, path);
  return 'target' in found ? { path, target: found.target } : { path, kind: 'link', reason: found.reason };
}

async function lookAtFile(diskPath: string, path: string, stats: BigIntStats): Promise<Found> {
  if (!stats.isFile()) return { path, kind: 'file', reason: 'special-file' };
  try {
    await checkReadable(diskPath, stats);
    return { diskPath, path, ...(await statedSize(diskPath, stats)) };
  } catch (error) {
    return faultOf(error, 'file', path);
  }
}

function folderEntry({ path, stats }: Folder): SourceEntry {
  return {
    kind: 'folder',
    path,
    sizeBytes: 0,
    modifiedMs: modifiedMsOf(stats),
    executable: false,
    ...modeOf(stats),
    open: () => Promise.reject(new TransferError('source-unreadable', `${quoted(path)} is a folder.`)),
  };
}

function linkEntry(path: string, target: string): SourceEntry {
  return {
    kind: 'link',
    path,
    target,
    sizeBytes: 0,
    modifiedMs: null,
    executable: false,
    open: () => Promise.reject(new TransferError('source-unreadable', `${quoted(path)} is a link.`)),
  };
}

function identity(stats: BigIntStats): string {
  return `${stats.dev}:${stats.ino}`;
}

// Callbacks, not node:fs/promises: twice as fast over 100,000 files.
function statOf(diskPath: string, isInMemory: boolean, follows: boolean): BigIntStats | Promise<BigIntStats> {
  if (isInMemory) return (follows ? statSync : lstatSync)(diskPath, { bigint: true });
  const statPath = follows ? stat : lstat;
  return new Promise((resolve, reject) => {
    statPath(diskPath, { bigint: true }, (error, stats) => (error === null ? resolve(stats) : reject(error)));
  });
}

/**
 * What may show only when the file is opened, later: that one's own file can't be read after all.
 * @throws the system's error
 */
async function checkReadable(diskPath: string, { uid, mode }: BigIntStats): Promise<void> {
  if (uid === OWN_UID && (mode & OWNER_READS) !== 0n) return;
  await new Promise<void>((resolve, reject) => {
    access(diskPath, constants.R_OK, (error) => (error === null ? resolve() : reject(error)));
  });
}
