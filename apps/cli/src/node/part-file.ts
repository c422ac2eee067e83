// Port ByteSink on a disk: a file while it arrives. All bytes go to a part beside the file's place; only `commit`,
// which the engine calls after verifying, gives it its name. Where a byte's way ends.
import { constants } from 'node:fs';
import { type FileHandle, link, lstat, open, rename, unlink } from 'node:fs/promises';
import { type ByteSink, type ManifestEntry, TransferError } from '@p2p-copy/core';
import { quoted } from '../wording/show-text.ts';
import { errnoOf, sinkError } from './disk-error.ts';

export interface PartPlace {
  partPath: string;
  finalPath: string;
  /** With the path under which it is saved. */
  entry: ManifestEntry;
  mayReplace: boolean;
  /** Throws when the folder is no longer inside the output folder. */
  checkContained(): Promise<void>;
}

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

export class PartFile implements ByteSink {
  readonly #handle: FileHandle;
  readonly #place: PartPlace;
  #hasContent = false;
  #isClosed = false;

  constructor(handle: FileHandle, place: PartPlace) {
    this.#handle = handle;
    this.#place = place;
  }

  async write(offset: number, bytes: Uint8Array): Promise<void> {
    let written = 0;
    try {
      while (written < bytes.length) {
        const result = await this.#handle.write(bytes, written, bytes.length - written, offset + written);
        written += result.bytesWritten;
        this.#hasContent = true;
      }
    } catch (error) {
      throw sinkError(error, this.#path);
    }
  }

  async flush(): Promise<void> {
    try {
      await this.#handle.datasync();
    } catch (error) {
      throw sinkError(error, this.#path);
    }
  }

  async commit(): Promise<void> {
    try {
      await this.#setModeAndTime();
      // Content first, name second: after a power cut no name stands for less than the whole file.
      await this.#handle.sync();
      await this.#expectOwnPart();
      await this.#place.checkContained();
      await this.#takeName();
      await this.#close();
    } catch (error) {
      throw sinkError(error, this.#path);
    }
  }

  async abandon(keep: boolean): Promise<void> {
    try {
      // An empty part is nothing to resume from.
      if (!(keep && this.#hasContent) && (await this.#isOwnPart())) await unlink(this.#place.partPath);
    } catch {
      // What can't be removed stays: the next transfer of that name removes it.
    }
    await this.#close().catch(() => {});
  }

  get #path(): string {
    return this.#place.entry.path;
  }

  async #setModeAndTime(): Promise<void> {
    const { executable, modifiedMs } = this.#place.entry;
    if (executable && process.platform !== 'win32') {
      // Whom the umask lets read it may run it.
      const mode = (await this.#handle.stat()).mode & 0o777;
      await this.#handle.chmod(mode | ((mode & 0o444) >> 2));
    }
    if (modifiedMs !== null) {
      // Half a microsecond more: a time in seconds is a fraction, and would be cut to the millisecond below.
      const seconds = (modifiedMs + 0.0005) / 1000;
      await this.#handle.utimes(seconds, seconds);
    }
  }

  async #expectOwnPart(): Promise<void> {
    if (await this.#isOwnPart()) return;
    throw new TransferError(
      'sink-failed',
      `${quoted(this.#path)} was not saved: something else replaced its part file, maybe another p2p-copy.`,
    );
  }

  /** Whether the part's name still stands for what is open here. */
  async #isOwnPart(): Promise<boolean> {
    try {
      const [named, opened] = await Promise.all([
        lstat(this.#place.partPath, { bigint: true }),
        this.#handle.stat({ bigint: true }),
      ]);
      return named.ino === opened.ino && named.dev === opened.dev;
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return false;
      throw error;
    }
  }

  async #takeName(): Promise<void> {
    const { partPath, finalPath, mayReplace } = this.#place;
    if (mayReplace) return rename(partPath, finalPath);
    try {
      // Unlike a rename, a link fails when the name is taken, even if that happened a moment ago.
      await link(partPath, finalPath);
    } catch (error) {
      if (!NO_HARD_LINKS.has(errnoOf(error) ?? '')) throw error;
      return renameToFreeName(partPath, finalPath);
    }
    await unlink(partPath);
  }

  async #close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#handle.close();
  }
}

/** Takes the name with an empty file, which fails when it is taken, then replaces that. */
export async function renameToFreeName(partPath: string, finalPath: string): Promise<void> {
  const placeholder = await open(finalPath, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY);
  await placeholder.close();
  try {
    await rename(partPath, finalPath);
  } catch (error) {
    await unlink(finalPath).catch(() => {});
    throw error;
  }
}
