// Files that a folder of an offer replaces. Each is set aside until all that was accepted is here, over all sessions; where the
// transfer ends before, it is put back, or the person is told where it is.
import { linkSync, lstatSync, mkdirSync, readdirSync, renameSync, rmdirSync, unlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { numberedPaths, partName } from '@p2p-copy/core';
import { quoted } from '../../wording/show-text.ts';
import { sinkError } from '../disk/disk-error.ts';
import { untilDone, whileHeld } from '../parts/busy-files.ts';
import { mayGiveWay } from './folder-checks.ts';

/** Set-aside files that are named in a warning, at most. */
const MOST_NAMED = 3;

interface ReplacedFile {
  /** Where it stood, and a folder stands now. */
  diskPath: string;
  aside: string;
  /** Of the file that was set aside: another one under that name is not touched. */
  identity: string;
}

export class ReplacedFiles {
  readonly #files: ReplacedFile[] = [];

  /**
   * Makes room for a folder, if what stands there may still give way to one when it is let go.
   * @param path as it is told
   * @throws TransferError `sink-failed` and the like
   */
  async setAside(diskPath: string, path: string): Promise<void> {
    try {
      await whileHeld(() => {
        if (!mayGiveWay(diskPath)) return;
        const aside = asideOf(diskPath);
        renameSync(diskPath, aside);
        this.#files.push({ diskPath, aside, identity: identityOf(aside)! });
      });
    } catch (error) {
      throw sinkError(error, path);
    }
  }

  /** A folder stands there already: what an earlier process set aside for it may still be kept. */
  noteEarlier(diskPath: string): void {
    const aside = join(dirname(diskPath), asideNames(diskPath).next().value!);
    const identity = identityOf(aside);
    if (identity === null || this.#files.some((file) => file.aside === aside)) return;
    this.#files.push({ diskPath, aside, identity: 'kept' });
  }

  /** All that was accepted is here. What can't be removed, and what an earlier process set aside, stays. */
  async remove(): Promise<void> {
    await untilDone(() => this.#pass(this.#files, ({ aside }) => succeeds(() => unlinkSync(aside))));
  }

  /** The transfer is over: puts back what was not replaced after all, where no more than an empty folder is in its place. */
  async putBack(): Promise<void> {
    // The newest first: a folder in it may have replaced a file, too.
    await untilDone(() => this.#pass([...this.#files].reverse(), isPutBack));
  }

  /** Forgets those for which `step` succeeds. Whether none is left that could be tried again. */
  #pass(files: readonly ReplacedFile[], step: (file: ReplacedFile) => boolean): boolean {
    let isDone = true;
    for (const file of [...files]) {
      if (identityOf(file.aside) !== file.identity) continue;
      if (step(file)) this.#files.splice(this.#files.indexOf(file), 1);
      else isDone = false;
    }
    return isDone;
  }

  /** What is still set aside, for a person; null for nothing. */
  inWords(): string | null {
    const kept = this.#files.filter(({ aside }) => identityOf(aside) !== null);
    if (kept.length === 0) return null;
    const named = kept
      .slice(0, MOST_NAMED)
      .map(({ diskPath, aside }) => `${quoted(diskPath)} is now ${quoted(aside)}`);
    const more = kept.length > MOST_NAMED ? `; so are ${kept.length - MOST_NAMED} more` : '';
    return `What was to be replaced by a folder is kept under another name: ${named.join(', ')}${more}.`;
  }
}

/** Never over something that stands there. */
function isPutBack({ diskPath, aside, identity }: ReplacedFile): boolean {
  // It has its name back, and the other one couldn't be removed.
  if (identityOf(diskPath) === identity) return succeeds(() => unlinkSync(aside));
  const isGone = lstatSync(diskPath, { throwIfNoEntry: false }) === undefined;
  if (!isGone && !succeeds(() => removeEmpty(diskPath))) return false;
  if (succeeds(() => linkSync(aside, diskPath))) return succeeds(() => unlinkSync(aside));
  // A disk without links.
  const isFree = lstatSync(diskPath, { throwIfNoEntry: false }) === undefined;
  if (isFree && succeeds(() => renameSync(aside, diskPath))) return true;
  succeeds(() => mkdirSync(diskPath));
  return false;
}

/** @throws Error where it holds anything but folders, or is a link to one */
function removeEmpty(folder: string): void {
  if (!lstatSync(folder).isDirectory()) throw new Error('no folder');
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) removeEmpty(join(folder, entry.name));
  rmdirSync(folder);
}

/** A free name beside it. No file that can be offered has such a part. */
export function asideOf(diskPath: string): string {
  for (const name of asideNames(diskPath)) {
    const aside = join(dirname(diskPath), name);
    if (lstatSync(aside, { throwIfNoEntry: false }) === undefined) return aside;
  }
  return diskPath;
}

function* asideNames(diskPath: string): Generator<string, void> {
  for (const candidate of numberedPaths(`${basename(diskPath)}.replaced`, 0))
    yield partName(partName(candidate));
}

/** Null for nothing. */
function identityOf(path: string): string | null {
  const stats = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  return stats === undefined ? null : `${stats.dev}:${stats.ino}:${stats.size}:${stats.mtimeNs}`;
}

function succeeds(step: () => void): boolean {
  try {
    step();
    return true;
  } catch {
    return false;
  }
}
