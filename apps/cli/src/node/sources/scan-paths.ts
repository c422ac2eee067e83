// From what was named to what is sent: walks folders and lists every entry of the manifest, in an order that depends
// on names alone. No content is read yet but to probe sizes. What can't be sent is found here, and marked.
import type { BigIntStats, Dirent } from 'node:fs';
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
import { sourceError } from '../disk/disk-error.ts';
import { deviceLiesInMemory } from '../disk/in-memory.ts';
import { type ExcludeOptions, Exclusions } from '../patterns/exclusions.ts';
import { folderEntry, linkEntry } from './contentless-entries.ts';
import { fileEntry } from './file-source.ts';
import { LinkTargets } from './link-targets.ts';
import { type Found, type FoundFile, faultOf, lookAt, lookAtFile, type Name, nameOf } from './look-at.ts';
import { isNamedPipe, type NamedPath } from './named-paths.ts';
import { OfferedSamples } from './offered-sample.ts';
import { pipeEntry } from './pipe-source.ts';
import { isInPlace, type SentFolder, sentFolder } from './sent-folder.ts';

/** Files looked at side by side: keeps libuv's threads busy, open promises few, and in memory all else waiting for half a millisecond. */
const SLICE = 128;
/** More are only counted: folders that are linked in each other give hundreds of thousands. */
const MOST_WARNINGS = 10;
/** Targets of links that are looked up at once. */
const TARGETS_AT_ONCE = 4096;

export interface ScanOptions {
  /**
   * In words: what is left out and has no content, such as what was deleted a moment ago, and of links that are followed, broken ones
   * and loops: the first ten, then their number. And patterns that leave nothing out.
   */
  onWarning(warning: string): void;
  /** Whether the content of links is sent in their place, wherever they lead. Default false: they are sent as links, within what is sent. */
  follow?: boolean;
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
  const scan = new Scan(options, options.follow ? null : await LinkTargets.within(named));
  for (const item of named) await scan.addNamed(item);
  const entries = await scan.finished();
  scan.warnOfUnused();
  return entries;
}

interface Folder {
  diskPath: string;
  path: string;
  stats: BigIntStats;
  /** Identities of the folders around it, to notice a link that leads back up. */
  within: readonly string[];
  /** The patterns that count where it lies. */
  rules: Exclusions | null;
  /** The named folder that all of it is held to; null where links are followed. */
  sent: SentFolder | null;
}

/** In which folder something was found. */
type Place = Pick<Folder, 'within' | 'rules' | 'sent'>;

class Scan {
  readonly #entries: SourceEntry[] = [];
  readonly #names = new SendableNames();
  readonly #options: ScanOptions;
  /** Null where links are followed. */
  readonly #links: LinkTargets | null;
  #hasContent = false;
  readonly #samples = new OfferedSamples();
  /** Patterns by which something is left out. */
  readonly #used = new Set<string>();
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
    else if (isFolder) {
      const sent = this.#links === null ? null : await sentFolder(diskPath);
      await this.#addFolder({ diskPath, path, stats, within: [], rules, sent });
    } else if (isNamedPipe(item) && this.#options.takesPipes) this.#add(pipeEntry(diskPath, path));
    // What a person named is followed.
    else
      await this.#addFound(await lookAtFile(diskPath, path, stats), { within: [], rules, sent: null }, true);
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
    if (listed === null) return;
    const { sent } = folder;
    if (sent !== null && !(await isInPlace(sent, folder.diskPath)))
      return this.#leaveOut('folder', folder.path, 'leads-out');
    if (!this.#add(folderEntry(folder))) return;
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
      const found = await Promise.all(slice.map((name) => lookAt(folder, name, isInMemory, this.#links)));
      // Nothing was waited for.
      if (isInMemory) await otherEvents();
      for (const item of found) await this.#addFound(item, { within, rules, sent });
    }
  }

  async #addFound(item: Found, place: Place, follows = this.#links === null): Promise<void> {
    if ('warning' in item) this.#warn(item.warning);
    else if ('reason' in item) this.#leaveOut(item.kind, item.path, item.reason);
    else if ('target' in item) this.#add(linkEntry(item.path, item.target));
    else if (!item.stats.isDirectory()) await this.#addFile(item, place.sent, follows);
    else if (!place.within.includes(identity(item.stats))) await this.#addFolder({ ...item, ...place });
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

  async #addFile(
    { diskPath, path, stats, sizeBytes }: FoundFile,
    within: SentFolder | null,
    follows: boolean,
  ): Promise<void> {
    const sample = await this.#samples.of(diskPath, sizeBytes, follows);
    this.#add(fileEntry(diskPath, path, stats, { sizeBytes, sample, follows, within }));
  }

  #isWanted(item: Name, { diskPath }: Folder, rules: Exclusions): boolean {
    const name = 'name' in item ? item.name : item.unsendable;
    // A link that is sent as one is no folder to git either, wherever it leads.
    const kind = item.kind === 'link' && this.#links !== null ? 'file' : item.kind;
    const isWanted = !rules.has(join(diskPath, name), kind);
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

/** As it is for what has no such path, such as a pipe of a shell. */
async function realPathOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    return path;
  }
}

function identity(stats: BigIntStats): string {
  return `${stats.dev}:${stats.ino}`;
}
