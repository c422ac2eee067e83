// One flush for many small files, where a flush takes long: on macOS Node's fsync, and its fdatasync, is F_FULLFSYNC (libuv, src/unix/fs.c), which
// empties the drive's cache and takes 5 to 20 ms, whatever the file. It does so for everything that was handed to the drive before, of any file on it
// (fcntl(2): "data that had been fsync'd on the same device before is guaranteed to be persisted when this call returns"). Node has no fsync(2) there; a
// part that is opened with O_SYNC is handed over as by that with each write (xnu, vn_write: IO_SYNC).
import { constants, fsync, statfsSync } from 'node:fs';
import { promisify } from 'node:util';
import type { Clock } from '@p2p-copy/core';
import { nodeClock } from '../time/clock.ts';
import { FLUSH_WAIT_MS, MAX_FLUSH_BYTES, MAX_FLUSH_FILES, MAX_SHARING_BYTES } from './flush-limits.ts';

/** For `open`: writes return when the drive has the bytes. */
export const WRITE_THROUGH = constants.O_SYNC ?? 0;

const flushDrive = promisify(fsync);

interface WaitingFile {
  descriptor: number;
  sizeBytes: number;
  resolve(): void;
  reject(error: unknown): void;
}

/** The flushes of a transfer's small files. */
export class SharedFlush {
  readonly #clock: Pick<Clock, 'after'>;
  readonly #disks = new Map<bigint, FlushQueue>();
  /** Files of a folder follow each other. */
  #last = { folder: '', isFullFlush: false };

  constructor(clock: Pick<Clock, 'after'> = nodeClock) {
    this.#clock = clock;
  }

  /**
   * Whether a new part in that folder may share a flush: then it must be opened with `WRITE_THROUGH`.
   * @param folder exists
   * @param sizeBytes null where it isn't known
   */
  isFor(folder: string, sizeBytes: number | null): boolean {
    if (process.platform !== 'darwin' || sizeBytes === null || sizeBytes > MAX_SHARING_BYTES) return false;
    if (this.#last.folder !== folder) this.#last = { folder, isFullFlush: isOnSystemsKind(folder) };
    return this.#last.isFullFlush;
  }

  /**
   * Resolves when all that was written through of the file is durable. Others may be waited for.
   * @param descriptor stays open until then
   * @param device of the file, as `fstat` says it
   * @throws Error that of the disk: of one flush, for all its files
   */
  flush(descriptor: number, { device, sizeBytes }: { device: bigint; sizeBytes: number }): Promise<void> {
    let queue = this.#disks.get(device);
    if (queue === undefined) {
      queue = new FlushQueue(this.#clock);
      this.#disks.set(device, queue);
    }
    return queue.add(descriptor, sizeBytes);
  }
}

/**
 * APFS: the system itself lies on that, on any macOS that Node runs on, and numbers of file systems differ from start to start. Elsewhere, as on a
 * server, a flush of one file says nothing of another.
 */
function isOnSystemsKind(folder: string): boolean {
  try {
    return statfsSync(folder).type === statfsSync('/').type;
  } catch {
    return false;
  }
}

/** Files of one disk. One flush at a time, since the drive does one at a time. */
class FlushQueue {
  readonly #clock: Pick<Clock, 'after'>;
  readonly #waiting: WaitingFile[] = [];
  #waitingBytes = 0;
  #cancelWait: (() => void) | null = null;
  #isFlushing = false;

  constructor(clock: Pick<Clock, 'after'>) {
    this.#clock = clock;
  }

  add(descriptor: number, sizeBytes: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ descriptor, sizeBytes, resolve, reject });
      this.#waitingBytes += sizeBytes;
      this.#proceed();
    });
  }

  #proceed(): void {
    if (this.#isFlushing || this.#waiting.length === 0) return;
    if (this.#waiting.length >= MAX_FLUSH_FILES || this.#waitingBytes >= MAX_FLUSH_BYTES)
      void this.#flush(this.#take());
    else
      this.#cancelWait ??= this.#clock.after(FLUSH_WAIT_MS, () => {
        this.#cancelWait = null;
        void this.#flush(this.#take());
      });
  }

  /** Those that came first, as many as one flush may have. */
  #take(): WaitingFile[] {
    this.#cancelWait?.();
    this.#cancelWait = null;
    let [count, bytes] = [0, 0];
    for (const { sizeBytes } of this.#waiting) {
      if (count === MAX_FLUSH_FILES || bytes >= MAX_FLUSH_BYTES) break;
      count += 1;
      bytes += sizeBytes;
    }
    this.#waitingBytes -= bytes;
    return this.#waiting.splice(0, count);
  }

  /** Never throws. All that these files hold was handed to the drive before. */
  async #flush(files: WaitingFile[]): Promise<void> {
    this.#isFlushing = true;
    try {
      await flushDrive(files.at(-1)!.descriptor);
      for (const { resolve } of files) resolve();
    } catch (error) {
      for (const { reject } of files) reject(error);
    }
    this.#isFlushing = false;
    this.#proceed();
  }
}
