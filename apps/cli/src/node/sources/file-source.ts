// Port ByteSource over a file: where a byte's way begins. Only reading goes through libuv's threads; what the scan has
// just brought into the system's caches is asked for synchronously (see part-file.ts).
import { type BigIntStats, fstatSync, lstatSync, openSync, read, readSync, statSync } from 'node:fs';
import { lstat as lstatAsync, stat as statAsync } from 'node:fs/promises';
import { promisify } from 'node:util';
import { type ByteSource, type SourceEntry, TransferError } from '@p2p-copy/core';
import { quoted } from '../../wording/show-text.ts';
import { closeDescriptor, withDescriptor } from '../descriptors.ts';
import { sourceError } from '../disk/disk-error.ts';
import { deviceLiesInMemory } from '../disk/in-memory.ts';
import { isSameUnchanged } from '../disk/same-file.ts';
import { sampleOf } from './offered-sample.ts';
import { openFlags } from './open-flags.ts';
import { expectFolderInPlace, expectInPlace, type SentFolder } from './sent-folder.ts';

const NS_PER_MS = 1_000_000n;
const ANY_EXECUTE_BIT = 0o111n;

interface FileOptions {
  /** Null to read it to its end, whatever size it states; never more than a known size is read. Default: its size. */
  sizeBytes?: number | null;
  /** As `sampleOf` gives it: without one a file that has changed before it is opened is another one, even if it grew. */
  sample?: string | null;
  /** Whether `diskPath` may be a symbolic link. Default false: one that has taken the file's place since is not read. */
  follows?: boolean;
  /** The folder in which it was found. Default: none that it is held to. */
  within?: SentFolder | null;
}

/** Less than this is read at once where it lies in memory. */
const SMALL_BYTES = 64 * 1024;

/** Reads of this thread, of a chunk each, before one that gives the event loop a turn. */
const READS_IN_A_ROW = 3;

const readAsync = promisify(read);

/**
 * A manifest entry for a file as it was found: `path` goes to the other side, `diskPath` is opened.
 */
export function fileEntry(
  diskPath: string,
  path: string,
  stats: BigIntStats,
  { sizeBytes = Number(stats.size), sample = null, follows = false, within = null }: FileOptions = {},
): SourceEntry {
  let wasChangedAtOpen: boolean | null = null;
  const beginsAsOffered = async () =>
    sample === null
      ? wasChangedAtOpen === false
      : sample === (await sampleOf(diskPath, sizeBytes ?? 0, follows));
  return {
    kind: 'file',
    path,
    sizeBytes,
    modifiedMs: modifiedMsOf(stats),
    // Windows calls everything executable that ends in .exe: not a permission.
    executable: process.platform !== 'win32' && (stats.mode & ANY_EXECUTE_BIT) !== 0n,
    ...modeOf(stats),
    async refresh() {
      try {
        const now = await (follows ? statAsync : lstatAsync)(diskPath, { bigint: true });
        if (now.isSymbolicLink())
          throw new TransferError('source-unreadable', `${quoted(path)} is a link now.`);
        if (within !== null) expectFolderInPlace(within, { diskPath, path });
        return fileEntry(diskPath, path, now, {
          sizeBytes: sizeBytes === null ? null : Number(now.size),
          follows,
          within,
        });
      } catch (error) {
        throw sourceError(error, path);
      }
    },
    async open() {
      try {
        const descriptor = await withDescriptor(() => openInPlace({ diskPath, path, follows, within }));
        if (sample === null)
          wasChangedAtOpen ??= !isSameUnchanged(fstatSync(descriptor, { bigint: true }), stats);
        const place = { descriptor, diskPath, path, follows };
        return new FileSource(place, stats, sizeBytes !== null, beginsAsOffered);
      } catch (error) {
        throw sourceError(error, path);
      }
    },
  };
}

/** @throws TransferError those of `expectInPlace`, and the system's error */
function openInPlace({
  diskPath,
  path,
  follows,
  within,
}: {
  diskPath: string;
  path: string;
  follows: boolean;
  within: SentFolder | null;
}): number {
  const descriptor = openSync(diskPath, openFlags(follows));
  try {
    if (within !== null) expectInPlace(within, descriptor, { diskPath, path });
    return descriptor;
  } catch (error) {
    closeDescriptor(descriptor);
    throw error;
  }
}

/** The millisecond in which it was modified; also before 1970, where division alone would round up. */
export function modifiedMsOf({ mtimeNs }: BigIntStats): number {
  return Number((mtimeNs - (((mtimeNs % NS_PER_MS) + NS_PER_MS) % NS_PER_MS)) / NS_PER_MS);
}

/** Permission bits, where the platform has them. */
export function modeOf({ mode }: BigIntStats): { mode?: number } {
  return process.platform === 'win32' ? {} : { mode: Number(mode & 0o777n) };
}

class FileSource implements ByteSource {
  readonly #descriptor: number;
  readonly readAtOnce?: (offset: number, into: Uint8Array) => number | null;
  #reading: Promise<unknown> | null = null;
  #readsInARow = 0;
  readonly #diskPath: string;
  readonly #path: string;
  readonly #follows: boolean;
  readonly #scanned: BigIntStats;
  readonly #isSized: boolean;
  readonly beginsAsOffered: () => Promise<boolean>;

  constructor(
    {
      descriptor,
      diskPath,
      path,
      follows,
    }: { descriptor: number; diskPath: string; path: string; follows: boolean },
    scanned: BigIntStats,
    isSized: boolean,
    beginsAsOffered: () => Promise<boolean>,
  ) {
    this.beginsAsOffered = beginsAsOffered;
    this.#descriptor = descriptor;
    this.#diskPath = diskPath;
    this.#path = path;
    this.#follows = follows;
    this.#scanned = scanned;
    this.#isSized = isSized;
    if (isSized && scanned.size >= SMALL_BYTES && deviceLiesInMemory(scanned.dev, diskPath))
      this.readAtOnce = (offset, into) => this.#readAtOnce(offset, into);
  }

  async read(offset: number, into: Uint8Array): Promise<number> {
    let filled = 0;
    try {
      while (filled < into.length) {
        const bytesRead = await this.#readSome(into, filled, offset + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
    } catch (error) {
      throw sourceError(error, this.#path);
    }
    return filled;
  }

  #readAtOnce(offset: number, into: Uint8Array): number | null {
    if (this.#readsInARow === READS_IN_A_ROW) {
      this.#readsInARow = 0;
      return null;
    }
    this.#readsInARow += 1;
    try {
      let filled = 0;
      for (let bytesRead = -1; bytesRead !== 0 && filled < into.length; filled += bytesRead)
        bytesRead = readSync(this.#descriptor, into, filled, into.length - filled, offset + filled);
      return filled;
    } catch (error) {
      throw sourceError(error, this.#path);
    }
  }

  async #readSome(into: Uint8Array, start: number, position: number): Promise<number> {
    const length = into.length - start;
    if (length < SMALL_BYTES && deviceLiesInMemory(this.#scanned.dev, this.#diskPath))
      return readSync(this.#descriptor, into, start, length, position);
    const reading = readAsync(this.#descriptor, into, start, length, position);
    this.#reading = reading;
    return (await reading).bytesRead;
  }

  /** Both what was read and what stands under the name now must be the file that was scanned. */
  async isUnchanged(): Promise<boolean> {
    // What states no size states no time either: the kernel makes its files up when they are read.
    if (!this.#isSized) return true;
    try {
      const opened = fstatSync(this.#descriptor, { bigint: true });
      const named = (this.#follows ? statSync : lstatSync)(this.#diskPath, { bigint: true });
      return isSameUnchanged(opened, this.#scanned) && isSameUnchanged(named, this.#scanned);
    } catch {
      return false;
    }
  }

  async close(): Promise<void> {
    // Another file may get the descriptor's number as soon as it is closed.
    await this.#reading?.catch(() => {});
    closeDescriptor(this.#descriptor);
  }
}
