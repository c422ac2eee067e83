// Port ByteSink on a disk: a file while it arrives. All bytes go to a part beside the file's place; only `commit`,
// which the engine calls after verifying, gives it its name. Where a byte's way ends.
//
// Between two writes of this end the part's size and times must stay: what others change is then noticed, and hashed
// again from the disk before the commit. That holds only for writes that are over when they return, as on local disks:
// while a thread writes, another program's change looks like its own. So where that is needed, all is read back; a file of the
// classic wire can't be, which tells no digests: there only a change that was seen counts.
//
// What only touches names and inodes is called synchronously: a few microseconds, where the way through libuv's threads
// costs a hundred, ten times for each of maybe 100,000 small files. What moves many bytes or waits for the disk is not.
import {
  type BigIntStats,
  fdatasync,
  fstatSync,
  fsync,
  fsyncSync,
  lstatSync,
  unlinkSync,
  write,
  writeSync,
} from 'node:fs';
import { promisify } from 'node:util';
import { type ByteSink, type ExpectedContent, TransferError } from '@p2p-copy/core';
import { quoted } from '../../wording/show-text.ts';
import { closeDescriptor } from '../descriptors.ts';
import { sinkError } from '../disk/disk-error.ts';
import { isSameFile } from '../disk/same-file.ts';
import { isSameState, leftAsHole, mayHoldHole, readPart, WrittenPieces } from '../parts/part-bytes.ts';
import { hasSameContent } from '../parts/same-content.ts';
import { fileMode, noteClampedTime, setMode, setTime } from './mode-and-time.ts';
import type { PartPlace } from './part-place.ts';
import { takeName } from './take-name.ts';

/** Pieces below this are written at once on any disk. */
const SMALL_BYTES = 64 * 1024;

/** Passes over a part that keeps changing while it is hashed or made durable, at most. */
const MAX_PASSES = 4;

const writeAsync = promisify(write);
const syncAll = promisify(fsync);
const syncContent = promisify(fdatasync);

export class PartFile implements ByteSink {
  readonly #descriptor: number;
  readonly #place: PartPlace;
  /** Calls that still use the descriptor, whose number another file may get once it is closed. */
  readonly #running = new Set<Promise<unknown>>();
  /** Null where a hole may not be left, as in a part that is continued: who knows what lies under it. */
  #written: WrittenPieces | null;
  #hasContent: boolean;
  #isClosed = false;
  /**
   * The part as this end left it; null before the first write to a new part. What others change before that is
   * overwritten, or makes it too long.
   */
  #left: BigIntStats | null;
  /** Something else may have changed content that is not written again. */
  #isSuspect: boolean;
  /** It was seen that something else did. */
  #isChanged: boolean;
  /** Writes that have begun and aren't over. */
  #writes = 0;

  /**
   * @param descriptor a part, open for reading and writing; closed by `commit` and `abandon`
   * @param kept of a part that is continued: its state now, and whether it may have changed since it was compared
   */
  constructor(
    descriptor: number,
    place: PartPlace,
    kept: { left: BigIntStats; isSuspect: boolean } | null = null,
  ) {
    this.#descriptor = descriptor;
    this.#place = place;
    const mayHaveHoles = place.keepsHoles && kept === null && mayHoldHole(place.entry.sizeBytes);
    this.#written = mayHaveHoles ? new WrittenPieces() : null;
    this.#hasContent = kept !== null;
    this.#left = kept?.left ?? null;
    this.#isSuspect = kept?.isSuspect ?? false;
    this.#isChanged = this.#isSuspect;
  }

  async write(offset: number, bytes: Uint8Array): Promise<void> {
    const isAsLeft = this.#isClosed || this.#left === null || this.#isAsLeft();
    if (!isAsLeft) this.#noteChange();
    // What another program wrote before the first write would show through a hole.
    const isFirst = this.#left === null && this.#writes === 0;
    if (isFirst && this.#written !== null && this.#stat().size > 0n) this.#written = null;
    const pieces = this.#writes === 0 && !this.#isClosed ? this.#written : null;
    this.#writes += 1;
    try {
      if (pieces !== null && leftAsHole(this.#descriptor, offset, bytes, pieces)) {
        this.#hasContent = true;
        return;
      }
      if (bytes.length > 0) this.#written?.note(offset, offset + bytes.length);
      for (let written = 0; written < bytes.length; ) {
        written += await this.#writeSome(bytes, written, offset + written);
        this.#hasContent = true;
      }
    } catch (error) {
      throw sinkError(error, this.#path);
    } finally {
      if (!this.#isClosed) this.#left = this.#stat();
      this.#writes -= 1;
    }
  }

  async flush(): Promise<void> {
    try {
      await this.#flushed(() => this.#run(syncContent(this.#descriptor)));
    } catch (error) {
      throw sinkError(error, this.#path);
    }
  }

  async commit(expected?: ExpectedContent): Promise<void> {
    try {
      await this.#settle(expected);
      this.#expectOwnPart();
      this.#place.checkContained();
      // Names are given by name: something else may have taken the part's a moment ago.
      await takeName(this.#place, {
        expectOwn: (path) => {
          if (!this.#standsAt(path)) throw this.#changed();
        },
        isAlready: (path) => this.#isAlready(path),
      });
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
    const { pace } = this.#place;
    if (length < SMALL_BYTES || pace.isImmediate) {
      const startMs = performance.now();
      const written = writeSync(this.#descriptor, bytes, start, length, position);
      pace.took(performance.now() - startMs);
      return written;
    }
    this.#isSuspect = true;
    const { bytesWritten } = await this.#run(writeAsync(this.#descriptor, bytes, start, length, position));
    return bytesWritten;
  }

  /** Durable, with its mode and time, and in the state that was checked. */
  async #settle(expected: ExpectedContent | undefined): Promise<void> {
    if (this.#left === null) this.#left = this.#stat();
    else if (!this.#isAsLeft()) this.#noteChange();
    if (this.#place.readsBack) {
      await this.#syncAll();
      this.#isSuspect = true;
    }
    for (let pass = 0; pass < MAX_PASSES; pass += 1) {
      await this.#expectContent(expected);
      if (this.#isSuspect) continue;
      this.#setModeAndTime();
      // Content first, name second: after a power cut no name stands for less than the whole file.
      if (!this.#place.isInMemory) {
        this.#left = this.#stat();
        noteClampedTime(Number(this.#left.mtimeMs), this.#place.entry.modifiedMs, this.#place.refusals);
      }
      await this.#syncAll();
      // In memory nothing was waited for.
      if (this.#place.isInMemory || this.#isAsLeft()) return;
      this.#noteChange();
    }
    throw this.#changed();
  }

  #setModeAndTime(): void {
    const { entry, finalPath, mayReplace, refusals } = this.#place;
    const replaced = mayReplace ? lstatSync(finalPath, { throwIfNoEntry: false }) : undefined;
    const then = fileMode(entry, replaced?.isFile() ? replaced.mode : undefined);
    setMode(this.#descriptor, { now: Number(this.#left!.mode), then }, refusals);
    setTime(this.#descriptor, entry.modifiedMs, refusals);
  }

  #syncAll(): Promise<void> {
    return this.#flushed(async () => {
      if (this.#place.isInMemory) fsyncSync(this.#descriptor);
      else await this.#run(syncAll(this.#descriptor));
    });
  }

  async #flushed(flush: () => Promise<void>): Promise<void> {
    try {
      await flush();
    } catch (error) {
      this.#place.refusals.noteFlush(error);
    }
  }

  /**
   * Leaves it suspect if it changed while it was hashed.
   * @throws TransferError `part-changed`
   */
  async #expectContent(expected: ExpectedContent | undefined): Promise<void> {
    if (this.#isSuspect) {
      this.#expectOwnPart();
      this.#left = this.#stat();
    }
    const { size } = this.#left!;
    if (expected !== undefined && size !== BigInt(expected.sizeBytes)) throw this.#changed();
    if (expected === undefined) this.#isSuspect = this.#isChanged;
    if (!this.#isSuspect) return;
    const part = {
      read: (offset: number, into: Uint8Array) =>
        readPart(this.#descriptor, offset, into, (call) => this.#run(call)),
    };
    if (expected === undefined || !(await expected.isIn(part))) throw this.#changed();
    this.#isSuspect = !this.#isAsLeft();
  }

  #stat(): BigIntStats {
    return fstatSync(this.#descriptor, { bigint: true });
  }

  /** What is open here, to be told from another file: where the number of the disk does that, as of any time before. */
  #opened(): BigIntStats {
    return process.platform === 'win32' ? this.#stat() : (this.#left ?? this.#stat());
  }

  /** Whether size and times are those that this end's last change left: the time of a change can't be set back. */
  #isAsLeft(): boolean {
    return isSameState(this.#stat(), this.#left!);
  }

  #noteChange(): void {
    this.#isSuspect = true;
    // While a thread writes for this end, the times move by that.
    if (this.#writes === 0) this.#isChanged = true;
  }

  #changed(): TransferError {
    return new TransferError(
      'part-changed',
      `${quoted(this.#path)} was not saved: another program changed it before it was complete.`,
    );
  }

  #expectOwnPart(): void {
    if (this.#isOwnPart()) return;
    throw new TransferError(
      'part-changed',
      `${quoted(this.#path)} was not saved: something else removed or replaced its part file, maybe another p2p-copy.`,
    );
  }

  /** Whether the part's name still stands for what is open here. */
  #isOwnPart(): boolean {
    return this.#standsAt(this.#place.partPath);
  }

  #standsAt(path: string): boolean {
    const named = lstatSync(path, { bigint: true, throwIfNoEntry: false });
    return named !== undefined && isSameFile(named, this.#opened());
  }

  async #isAlready(path: string): Promise<boolean> {
    const isThere = await hasSameContent(this.#place.partPath, path);
    // That may have taken a while.
    if (!this.#isAsLeft()) throw this.#changed();
    return isThere;
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
    closeDescriptor(this.#descriptor);
  }
}
