// From what was named to what is sent: walks folders and lists every entry of the manifest, in an order that depends
// on names alone. No content is read yet but to probe sizes. What can't be sent is found here, and marked.
import { isUtf8 } from 'node:buffer';
import { access, type BigIntStats, constants, type Dirent, stat, statSync } from 'node:fs';
import { readdir, realpath } from 'node:fs/promises';
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
import { type ExcludeOptions, Exclusions } from '../patterns/exclusions.ts';
import { fileEntry, modeOf, modifiedMsOf } from './file-source.ts';
import { isNamedPipe, type NamedPath } from './named-paths.ts';
import { OfferedSamples } from './offered-sample.ts';
import { pipeEntry } from './pipe-source.ts';
import { type StatedSize, statedSize } from './stated-size.ts';
import { escapedName, reasonOf } from './unsendable.ts';

/** Files looked at side by side: keeps libuv's threads busy, open promises few, and in memory all else waiting for half a millisecond. */
const SLICE = 128;
/** Undefined on Windows, whose files have no such owner. */
const OWN_UID = process.geteuid === undefined ? undefined : BigInt(process.geteuid());
const OWNER_READS = 0o400n;

export interface ScanOptions {
  /** In words: what is left out and has no content, such as broken links, and patterns that leave nothing out. */
  onWarning(warning: string): void;
  /** The first file that can be sent is found. */
  onContent?(): void;
  /** Whether pipes that were named are sent, as streams. Those in folders never are. Default false. */
  takesPipes?: boolean;
  /** What is left out by patterns. */
  excludes?: ExcludeOptions;
  /** Something is left out by them: a folder once, with all that is in it. */
  onExcluded?(): void;
  signal: AbortSignal;
}

/**
 * All that was named, with what can't be sent marked as `unsendable`.
 * @throws TransferError `source-unreadable` when this process can't look at files; `interrupted`
 */
export async function scanPaths(named: readonly NamedPath[], options: ScanOptions): Promise<SourceEntry[]> {
  const scan = new Scan(options);
  for (const item of named) await scan.addNamed(item);
  scan.warnOfUnused();
  return scan.entries;
}

interface Folder {
  diskPath: string;
  path: string;
  stats: BigIntStats;
  /** Identities of the folders around it, to notice a link that leads back up. */
  within: readonly string[];
  /** The patterns that count where it lies. */
  rules: Exclusions | null;
}

/** What a name in a folder turned out to be, or why it isn't sent. */
type Found =
  | ({ diskPath: string; path: string } & StatedSize)
  | { path: string; kind: EntryKind; reason: UnsendableReason }
  | { warning: string };

/** A name in a folder: as text, or for people where its bytes aren't UTF-8. */
type Name = ({ name: string } | { unsendable: string }) & { kind: 'file' | 'folder' | 'link' };

class Scan {
  readonly entries: SourceEntry[] = [];
  readonly #names = new SendableNames();
  readonly #options: ScanOptions;
  #hasContent = false;
  readonly #samples = new OfferedSamples();
  /** Patterns by which something is left out. */
  readonly #used = new Set<string>();

  constructor(options: ScanOptions) {
    this.#options = options;
  }

  async addNamed(item: NamedPath): Promise<void> {
    if ('reason' in item) return this.#leaveOut(item.kind, item.name, item.reason);
    const { name: path, stats } = item;
    const isFolder = stats.isDirectory();
    const { excludes = {} } = this.#options;
    // The repository around it is that of what a link leads to.
    const diskPath = excludes.gitignore ? await realPathOf(item.diskPath) : item.diskPath;
    const kind = isFolder ? 'folder' : 'file';
    const rules = await this.#rules(path, () => Exclusions.for(diskPath, isFolder, excludes, this.#used));
    const named = await Exclusions.for(
      item.diskPath,
      isFolder,
      { ...excludes, gitignore: false },
      this.#used,
    );
    if (rules?.has(diskPath, kind) || named?.has(item.diskPath, kind)) this.#options.onExcluded?.();
    else if (isFolder) await this.#addFolder({ diskPath, path, stats, within: [], rules });
    else if (isNamedPipe(item) && this.#options.takesPipes) this.#add(pipeEntry(diskPath, path));
    else await this.#addFound(await lookAtFile(diskPath, path, stats), [], rules);
  }

  /** Whoever mistypes a pattern sends what it should leave out. */
  warnOfUnused(): void {
    const unused = (this.#options.excludes?.exclude ?? []).filter(
      (pattern) => !pattern.startsWith('!') && !this.#used.has(pattern),
    );
    for (const pattern of unused) {
      const place = pattern.includes('/') ? ' With a slash it is told from each folder that is named.' : '';
      this.#options.onWarning(`The pattern ${quoted(pattern)} leaves nothing out.${place}`);
    }
  }

  async #addFolder(folder: Folder): Promise<void> {
    if (this.#options.signal.aborted) throw new TransferError('interrupted');
    const listed = await this.#listNames(folder);
    if (listed === null || !this.#add(folderEntry(folder))) return;
    const holds = (name: string) => listed.some((item) => 'name' in item && item.name === name);
    const rules = await this.#rules(
      folder.path,
      async () => (await folder.rules?.inside(folder.diskPath, holds)) ?? null,
    );
    const names = rules === null ? listed : listed.filter((item) => this.#isWanted(item, folder, rules));
    const within = [...folder.within, identity(folder.stats)];
    const isInMemory = deviceLiesInMemory(folder.stats.dev, folder.diskPath);
    for (let start = 0; start < names.length; start += SLICE) {
      const slice = names.slice(start, start + SLICE);
      const found = await Promise.all(slice.map((name) => lookAt(folder, name, isInMemory)));
      // Nothing was waited for.
      if (isInMemory) await otherEvents();
      for (const item of found) await this.#addFound(item, within, rules);
    }
  }

  async #addFound(item: Found, within: readonly string[], rules: Exclusions | null): Promise<void> {
    if ('warning' in item) this.#options.onWarning(item.warning);
    else if ('reason' in item) this.#leaveOut(item.kind, item.path, item.reason);
    else if (!item.stats.isDirectory()) await this.#addFile(item);
    else if (!within.includes(identity(item.stats))) await this.#addFolder({ ...item, within, rules });
    else
      this.#options.onWarning(`${quoted(item.path)} is left out: it is a link to a folder that contains it.`);
  }

  async #addFile({ diskPath, path, stats, sizeBytes }: { diskPath: string; path: string } & StatedSize) {
    const sample = await this.#samples.of(diskPath, sizeBytes);
    this.#add(fileEntry(diskPath, path, stats, sizeBytes, sample));
  }

  #isWanted(item: Name, { diskPath }: Folder, rules: Exclusions): boolean {
    const name = 'name' in item ? item.name : item.unsendable;
    const isWanted = !rules.has(join(diskPath, name), item.kind);
    if (!isWanted) this.#options.onExcluded?.();
    return isWanted;
  }

  /** @throws TransferError `source-unreadable` where the rules can't be read */
  async #rules(path: string, read: () => Promise<Exclusions | null>): Promise<Exclusions | null> {
    try {
      return await read();
    } catch (error) {
      throw sourceError(error, `${path}/.gitignore`);
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
    this.entries.push(entry);
    if (kind === 'file' && !this.#hasContent) {
      this.#hasContent = true;
      this.#options.onContent?.();
    }
    return true;
  }

  #leaveOut(kind: EntryKind, path: string, reason: UnsendableReason): void {
    this.entries.push(unsendableEntry(kind, path, reason));
  }

  /** Names in a stable order; null for a folder that can't be read. */
  async #listNames({ diskPath, path }: Folder): Promise<Name[] | null> {
    let found: Dirent<Buffer>[];
    try {
      // As bytes: a name that isn't UTF-8 would be mangled in silence.
      found = await withDescriptor(() => readdir(diskPath, { withFileTypes: true, encoding: 'buffer' }));
    } catch (error) {
      const fault = faultOf(error, 'folder', path);
      if ('warning' in fault) this.#options.onWarning(fault.warning);
      else this.#leaveOut(fault.kind, path, fault.reason);
      return null;
    }
    return found.sort((a, b) => Buffer.compare(a.name, b.name)).map(nameOf);
  }
}

/** As it is for what has no such path, such as a pipe of a shell. */
async function realPathOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    return path;
  }
}

function nameOf(found: Dirent<Buffer>): Name {
  const kind = found.isDirectory() ? 'folder' : found.isFile() ? 'file' : 'link';
  if (isUtf8(found.name)) return { name: found.name.toString('utf8'), kind };
  return { unsendable: escapedName(found.name), kind };
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

async function lookAt(folder: Folder, item: Name, isInMemory: boolean): Promise<Found> {
  if ('unsendable' in item)
    return {
      path: `${folder.path}/${item.unsendable}`,
      kind: item.kind === 'folder' ? 'folder' : 'file',
      reason: 'not-unicode',
    };
  const path = `${folder.path}/${item.name}`.normalize('NFC');
  const diskPath = join(folder.diskPath, item.name);
  let stats: BigIntStats;
  try {
    stats = await statOf(diskPath, isInMemory);
  } catch (error) {
    return faultOf(error, 'file', path);
  }
  if (stats.isDirectory()) return { diskPath, path, stats, sizeBytes: 0 };
  return lookAtFile(diskPath, path, stats);
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
