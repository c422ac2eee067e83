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
import { type BigIntStats, lstatSync, unlinkSync } from 'node:fs';
import { type ByteSink, type ExpectedContent, TransferError } from '@p2p-copy/core';
import { quoted } from '../../wording/show-text.ts';
import { sinkError } from '../disk/disk-error.ts';
import { isSameFile } from '../disk/same-file.ts';
import { isUnknownFlush } from './disk-refusals.ts';
import { fileMode, noteClampedTime, setMode, setTime } from './mode-and-time.ts';
import { isSameState, leftAsHole, mayHoldHole, WrittenPieces } from './part-bytes.ts';
import { PartDescriptor } from './part-descriptor.ts';
import type { PartPlace } from './part-place.ts';
import { hasSameContent } from './same-content.ts';
import { takeName } from './take-name.ts';

/** Passes over a part that keeps changing while it is hashed or made durable, at most. */
const MAX_PASSES = 4;

export class PartFile implements ByteSink {
  readonly #part: PartDescriptor;
  readonly #place: PartPlace;
  /** Null where a hole may not be left, as in a part that is continued: who knows what lies under it. */
  #written: WrittenPieces | null;
  #hasContent: boolean;
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
  /** A flush failed: some systems take what was to be flushed for written then, and the next flush succeeds. */
  #mayBeLost = false;

  /**
   * @param descriptor a part, open for reading and writing; closed by `commit` and `abandon`
   * @param kept of a part that is continued: its state now, and whether it may have changed since it was compared
   */
  constructor(
    descriptor: number,
    place: PartPlace,
    kept: { left: BigIntStats; isSuspect: boolean } | null = null,
  ) {
    this.#part = new PartDescriptor(descriptor, place);
    this.#place = place;
    const mayHaveHoles = place.keepsHoles && kept === null && mayHoldHole(place.entry.sizeBytes);
    this.#written = mayHaveHoles ? new WrittenPieces() : null;
    this.#hasContent = kept !== null;
    this.#left = kept?.left ?? null;
    this.#isSuspect = kept?.isSuspect ?? false;
    this.#isChanged = this.#isSuspect;
  }

  async write(offset: number, bytes: Uint8Array): Promise<void> {
    const isAsLeft = this.#part.isClosed || this.#left === null || this.#isAsLeft();
    if (!isAsLeft) this.#noteChange();
    // What another program wrote before the first write would show through a hole.
    const isFirst = this.#left === null && this.#writes === 0;
    if (isFirst && this.#written !== null && this.#part.stat().size > 0n) this.#written = null;
    const pieces = this.#writes === 0 && !this.#part.isClosed ? this.#written : null;
    this.#writes += 1;
    try {
      if (pieces !== null && leftAsHole(this.#part.number, offset, bytes, pieces)) {
        this.#hasContent = true;
        return;
      }
      if (bytes.length > 0) this.#written?.note(offset, offset + bytes.length);
      for (let written = 0; written < bytes.length; ) {
        const some = this.#part.write(bytes, written, offset + written);
        if (some instanceof Promise) this.#isSuspect = true;
        written += await some;
        this.#hasContent = true;
      }
    } catch (error) {
      throw sinkError(error, this.#path);
    } finally {
      if (!this.#part.isClosed) this.#left = this.#part.stat();
      this.#writes -= 1;
    }
  }

  async flush(): Promise<void> {
    try {
      await this.#flushed(() => this.#part.flushContent());
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
      await this.#part.close();
    } catch (error) {
      throw sinkError(error, this.#path);
    }
  }

  async abandon(keep: boolean): Promise<void> {
    try {
      // An empty part is nothing to resume from.
      if (!(keep && this.#hasContent) && !this.#part.isClosed && this.#isOwnPart())
        unlinkSync(this.#place.partPath);
    } catch {
      // What can't be removed stays: the next transfer of that name removes it.
    }
    await this.#part.close().catch(() => {});
  }

  get #path(): string {
    return this.#place.entry.path;
  }

  /** Durable, with its mode and time, and in the state that was checked. */
  async #settle(expected: ExpectedContent | undefined): Promise<void> {
    if (this.#left === null) this.#left = this.#part.stat();
    else if (!this.#isAsLeft()) this.#noteChange();
    if (this.#mayBeLost) await this.#rewrite();
    if (this.#place.readsBack) {
      await this.#flushAll();
      this.#isSuspect = true;
    }
    for (let pass = 0; pass < MAX_PASSES; pass += 1) {
      await this.#expectContent(expected);
      if (this.#isSuspect) continue;
      this.#setModeAndTime();
      // Content first, name second: after a power cut no name stands for less than the whole file.
      if (!this.#place.isInMemory) {
        this.#left = this.#part.stat();
        noteClampedTime(Number(this.#left.mtimeMs), this.#place.entry.modifiedMs, this.#place.refusals);
      }
      await this.#flushAll();
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
    setMode(this.#part.number, { now: Number(this.#left!.mode), then }, refusals);
    setTime(this.#part.number, entry.modifiedMs, refusals);
  }

  /** Writes all of it anew, from what the system still has of it: hashed after that, where that can be. */
  async #rewrite(): Promise<void> {
    await this.#part.rewrite();
    this.#left = this.#part.stat();
    this.#isSuspect = true;
    this.#mayBeLost = false;
  }

  /** One that another program changed may hold bytes that were not written through. */
  #flushAll(): Promise<void> {
    return this.#flushed(() => this.#part.flushAll({ own: this.#isChanged }));
  }

  async #flushed(flush: () => Promise<void>): Promise<void> {
    try {
      await flush();
    } catch (error) {
      this.#mayBeLost ||= !isUnknownFlush(error);
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
      this.#left = this.#part.stat();
    }
    const { size } = this.#left!;
    if (expected !== undefined && size !== BigInt(expected.sizeBytes)) throw this.#changed();
    if (expected === undefined) this.#isSuspect = this.#isChanged;
    if (!this.#isSuspect) return;
    if (expected === undefined || !(await expected.isIn(this.#part))) throw this.#changed();
    this.#isSuspect = !this.#isAsLeft();
  }

  /** What is open here, to be told from another file: where the number of the disk does that, as of any time before. */
  #opened(): BigIntStats {
    return process.platform === 'win32' ? this.#part.stat() : (this.#left ?? this.#part.stat());
  }

  /** Whether size and times are those that this end's last change left: the time of a change can't be set back. */
  #isAsLeft(): boolean {
    return isSameState(this.#part.stat(), this.#left!);
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
}
