// Port ByteSource over a file: where a byte's way begins.
import { type BigIntStats, constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import type { ByteSource, SourceEntry } from '@p2p-copy/core';
import { sourceError } from './disk-error.ts';

const ANY_EXECUTE_BIT = 0o111n;
// A file that was replaced by a pipe since the scan would otherwise block a thread for ever.
const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** A manifest entry for a file as it was found: `path` goes to the other side, `diskPath` is opened. */
export function fileEntry(diskPath: string, path: string, stats: BigIntStats): SourceEntry {
  return {
    kind: 'file',
    path,
    sizeBytes: Number(stats.size),
    modifiedMs: Number(stats.mtimeNs / 1_000_000n),
    // Windows calls everything executable that ends in .exe: not a permission.
    executable: process.platform !== 'win32' && (stats.mode & ANY_EXECUTE_BIT) !== 0n,
    async open() {
      try {
        const handle = await open(diskPath, OPEN_FLAGS);
        return new FileSource(handle, diskPath, path, stats);
      } catch (error) {
        throw sourceError(error, path);
      }
    },
  };
}

class FileSource implements ByteSource {
  readonly #handle: FileHandle;
  readonly #diskPath: string;
  readonly #path: string;
  readonly #scanned: BigIntStats;

  constructor(handle: FileHandle, diskPath: string, path: string, scanned: BigIntStats) {
    this.#handle = handle;
    this.#diskPath = diskPath;
    this.#path = path;
    this.#scanned = scanned;
  }

  async read(offset: number, into: Uint8Array): Promise<number> {
    let filled = 0;
    try {
      while (filled < into.length) {
        const { bytesRead } = await this.#handle.read(into, filled, into.length - filled, offset + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
    } catch (error) {
      throw sourceError(error, this.#path);
    }
    return filled;
  }

  /** Both what was read and what stands under the name now must be the file that was scanned. */
  async isUnchanged(): Promise<boolean> {
    try {
      const [opened, named] = await Promise.all([
        this.#handle.stat({ bigint: true }),
        stat(this.#diskPath, { bigint: true }),
      ]);
      return isSame(opened, this.#scanned) && isSame(named, this.#scanned);
    } catch {
      return false;
    }
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

function isSame(a: BigIntStats, b: BigIntStats): boolean {
  return a.ino === b.ino && a.dev === b.dev && a.size === b.size && a.mtimeNs === b.mtimeNs;
}
