// Port ByteSink on a disk: a file while it arrives. All bytes go to a part beside the file's place; only `commit`,
// which the engine calls after verifying, gives it its name. Where a byte's way ends.
//
// What only touches names and inodes is called synchronously: a few microseconds, where the way through libuv's threads
// costs a hundred, ten times for each of maybe 100,000 small files. What moves many bytes or waits for the disk is not.
import {
  closeSync,
  constants,
  fchmodSync,
  fdatasync,
  fstatSync,
  fsync,
  fsyncSync,
  futimesSync,
  linkSync,
  lstatSync,
  openSync,
  renameSync,
  unlinkSync,
  write,
  writeSync,
} from 'node:fs';
import { basename } from 'node:path';
import { promisify } from 'node:util';
import { type ByteSink, type ManifestEntry, TransferError } from '@p2p-copy/core';
import { quoted } from '../wording/show-text.ts';
import { errnoOf, sinkError } from './disk-error.ts';

export interface PartPlace {
  partPath: string;
  finalPath: string;
  /** With the path under which it is saved. */
  entry: ManifestEntry;
  mayReplace: boolean;
  /** Syncing waits for nothing. Where a disk is mounted further down it does, and is done all the same. */
  isInMemory: boolean;
  /** Another name to try when one is taken; null when that is an error. */
  nextPath: (() => string) | null;
  /** Throws when the folder is no longer inside the output folder. */
  checkContained(): void;
  /** It stands under that name, in the folder of its final path. */
  onSaved(name: string): void;
}

/** Pieces below this go to the page cache at once. */
const SMALL_BYTES = 64 * 1024;
/** Errnos of `link` on disks without hard links: FAT and exFAT, some network and phone file systems. */
const NO_HARD_LINKS = new Set([
  'EPERM',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
  'EMLINK',
  'EXDEV',
  'EACCES',
  'EINVAL',
]);

const NAME_TAKEN = 'cannot be written: something of that name is already there.';

const writeAsync = promisify(write);
const syncAll = promisify(fsync);
const syncContent = promisify(fdatasync);

export class PartFile implements ByteSink {
  readonly #descriptor: number;
  readonly #place: PartPlace;
  /** Calls that still use the descriptor, whose number another file may get once it is closed. */
  readonly #running = new Set<Promise<unknown>>();
  #hasContent: boolean;
  #isClosed = false;

  /** @param descriptor a part, open for writing; closed by `commit` and `abandon` */
  constructor(descriptor: number, place: PartPlace, hasContent = false) {
    this.#descriptor = descriptor;
    this.#place = place;
    this.#hasContent = hasContent;
  }

  async write(offset: number, bytes: Uint8Array): Promise<void> {
    try {
      for (let written = 0; written < bytes.length; ) {
        written += await this.#writeSome(bytes, written, offset + written);
        this.#hasContent = true;
      }
    } catch (error) {
      throw sinkError(error, this.#path);
    }
  }

  async flush(): Promise<void> {
    try {
      await this.#run(syncContent(this.#descriptor));
    } catch (error) {
      throw sinkError(error, this.#path);
    }
  }

  async commit(): Promise<void> {
    try {
      this.#setModeAndTime();
      // Content first, name second: after a power cut no name stands for less than the whole file.
      await this.#syncAll();
      this.#expectOwnPart();
      this.#place.checkContained();
      this.#takeName();
      await this.#close();
    } catch (error) {
      throw sinkError(error, this.#path);
    }
  }

  async abandon(keep: boolean): Promise<void> {
    try {
      // An empty part is nothing to resume from.
      if (!(keep && this.#hasContent) && !this.#isClosed && this.#isOwnPart())
        unlinkSync(this.#place.partPath);
    } catch {
      // What can't be removed stays: the next transfer of that name removes it.
    }
    await this.#close().catch(() => {});
  }

  get #path(): string {
    return this.#place.entry.path;
  }

  async #writeSome(bytes: Uint8Array, start: number, position: number): Promise<number> {
    const length = bytes.length - start;
    if (length < SMALL_BYTES) return writeSync(this.#descriptor, bytes, start, length, position);
    const { bytesWritten } = await this.#run(writeAsync(this.#descriptor, bytes, start, length, position));
    return bytesWritten;
  }

  async #syncAll(): Promise<void> {
    if (this.#place.isInMemory) fsyncSync(this.#descriptor);
    else await this.#run(syncAll(this.#descriptor));
  }

  #setModeAndTime(): void {
    const { executable, modifiedMs } = this.#place.entry;
    if (executable && process.platform !== 'win32') {
      // Whom the umask lets read it may run it.
      const mode = fstatSync(this.#descriptor).mode & 0o777;
      fchmodSync(this.#descriptor, mode | ((mode & 0o444) >> 2));
    }
    if (modifiedMs !== null) {
      // Half a microsecond more: a time in seconds is a fraction, and would be cut to the millisecond below.
      const seconds = (modifiedMs + 0.0005) / 1000;
      futimesSync(this.#descriptor, seconds, seconds);
    }
  }

  #expectOwnPart(): void {
    if (this.#isOwnPart()) return;
    throw new TransferError(
      'sink-failed',
      `${quoted(this.#path)} was not saved: something else replaced its part file, maybe another p2p-copy.`,
    );
  }

  /** Whether the part's name still stands for what is open here. */
  #isOwnPart(): boolean {
    const named = lstatSync(this.#place.partPath, { bigint: true, throwIfNoEntry: false });
    const opened = fstatSync(this.#descriptor, { bigint: true });
    return named !== undefined && named.ino === opened.ino && named.dev === opened.dev;
  }

  #takeName(): void {
    const { partPath, finalPath, mayReplace, nextPath, onSaved } = this.#place;
    if (mayReplace) {
      renameSync(partPath, finalPath);
      onSaved(basename(finalPath));
      return;
    }
    let path = finalPath;
    while (!takeFreeName(partPath, path)) {
      if (nextPath === null) throw new TransferError('exists', `${quoted(this.#path)} ${NAME_TAKEN}`);
      if (isEmptyTwin(partPath, path)) {
        unlinkSync(partPath);
        return;
      }
      path = nextPath();
    }
    onSaved(basename(path));
  }

  async #run<T>(call: Promise<T>): Promise<T> {
    this.#running.add(call);
    try {
      return await call;
    } finally {
      this.#running.delete(call);
    }
  }

  async #close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#running.size > 0) await Promise.allSettled(this.#running);
    closeSync(this.#descriptor);
  }
}

/** False when the name is taken. */
function takeFreeName(partPath: string, path: string): boolean {
  try {
    // Unlike a rename, a link fails when the name is taken, even if that happened a moment ago.
    linkSync(partPath, path);
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    if (!NO_HARD_LINKS.has(errnoOf(error) ?? '')) throw error;
    try {
      renameToFreeName(partPath, path);
      return true;
    } catch (renameError) {
      if (errnoOf(renameError) === 'EEXIST') return false;
      throw renameError;
    }
  }
  unlinkSync(partPath);
  return true;
}

/** Whether both are empty: an empty file has no content to be compared beforehand. */
function isEmptyTwin(partPath: string, path: string): boolean {
  const [part, other] = [lstatSync(partPath), lstatSync(path, { throwIfNoEntry: false })];
  return part.size === 0 && other?.isFile() === true && other.size === 0;
}

/** Takes the name with an empty file, which fails when it is taken, then replaces that. */
export function renameToFreeName(partPath: string, finalPath: string): void {
  closeSync(openSync(finalPath, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY));
  try {
    renameSync(partPath, finalPath);
  } catch (error) {
    unlinkSync(finalPath);
    throw error;
  }
}
