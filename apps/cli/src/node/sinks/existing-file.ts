// What lies under the names of a file that is offered, to be compared: a part of an earlier attempt and, where the person
// consents, a file under its final name. Nothing is read or changed when it is found.
import {
  type BigIntStats,
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  ftruncateSync,
  lstatSync,
  openSync,
} from 'node:fs';
import {
  type ByteSink,
  copyFinal,
  type ExistingContent,
  type ManifestEntry,
  newerExisting,
  TransferError,
} from '@p2p-copy/core';
import { quoted } from '../../wording/show-text.ts';
import { withDescriptor } from '../descriptors.ts';
import { errnoOf, sinkError } from '../disk/disk-error.ts';
import { isSameUnchanged } from '../disk/same-file.ts';
import { PART_MODE } from '../parts/mode-and-time.ts';
import { fileEntry } from '../sources/file-source.ts';

/** A part that is gone on with: as it was left, and whether something else may have changed it. */
export interface KeptPart {
  left: BigIntStats;
  isSuspect: boolean;
}

export interface ExistingPlace {
  /** With the path under which it is saved. */
  entry: ManifestEntry;
  partPath: string;
  finalPath: string;
  /** Where the file would stand if its name weren't taken; null when that is `finalPath`. */
  originalPath: string | null;
  /** A file under a final name was found there. */
  onFinal(path: string): void;
  /** Makes an open part, whose content stays, into a sink. */
  resumePart(descriptor: number, kept: KeptPart): ByteSink;
  /** Opens a new part in place of any other. */
  openNewPart(): Promise<ByteSink>;
}

const PART_FLAGS = constants.O_RDWR | (constants.O_NOFOLLOW ?? 0);

/**
 * The newer one of part and, only if `withFinal` is set, final file; null when there is neither. A file that gets
 * another name, since its own is taken, may be equal to what took it.
 * @throws TransferError `sink-failed`
 */
export function findExistingFile(place: ExistingPlace, withFinal: boolean): ExistingContent | null {
  const found = regularFileAt(place.partPath, place);
  // A part that has another name too is a file that was delivered, whose part couldn't be removed: nothing is written into that.
  const part = found !== null && found.nlink > 1n ? null : found;
  const final = withFinal ? finalFile(place) : null;
  const newer = newerExisting(part && dated(part), final && { ...dated(final.stats), path: final.path });
  if (newer === null) return null;
  return 'part' in newer ? existingPart(place, newer.part.stats) : existingFinal(place, newer.final);
}

function finalFile(place: ExistingPlace): { path: string; stats: BigIntStats } | null {
  for (const path of [place.finalPath, place.originalPath]) {
    const stats = path === null ? null : regularFileAt(path, place);
    if (path !== null && stats !== null) return { path, stats };
  }
  return null;
}

function existingPart(place: ExistingPlace, stats: BigIntStats): ExistingContent {
  const { entry, partPath } = place;
  return {
    sizeBytes: Number(stats.size),
    isFinal: false,
    ...placeOf(stats),
    open: () => fileEntry(partPath, entry.path, stats).open(),
    isUntouched: async () => isUntouched(partPath, stats),
    async adopt() {
      let descriptor: number;
      let kept: KeptPart;
      try {
        descriptor = await withDescriptor(() => openForWriting(partPath, stats));
      } catch (error) {
        throw sinkError(error, entry.path);
      }
      try {
        const opened = fstatSync(descriptor, { bigint: true });
        if (!isSameUnchanged(opened, stats)) throw changed(entry);
        if (entry.sizeBytes !== null && opened.size > entry.sizeBytes)
          ftruncateSync(descriptor, entry.sizeBytes);
        makePrivate(descriptor, opened);
        // A time of modification can be set back, that of a change can't.
        kept = {
          left: fstatSync(descriptor, { bigint: true }),
          isSuspect: opened.ctimeNs !== stats.ctimeNs,
        };
      } catch (error) {
        closeSync(descriptor);
        throw sinkError(error, entry.path);
      }
      return place.resumePart(descriptor, kept);
    },
  };
}

/** A part that was stopped just before it got its name has the file's mode already, which may let nobody write. */
function openForWriting(partPath: string, found: BigIntStats): number {
  try {
    return openSync(partPath, PART_FLAGS);
  } catch (error) {
    if (errnoOf(error) !== 'EACCES') throw error;
  }
  const descriptor = openSync(partPath, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  try {
    const opened = fstatSync(descriptor, { bigint: true });
    if (isSameUnchanged(opened, found)) makePrivate(descriptor, opened);
  } finally {
    closeSync(descriptor);
  }
  return openSync(partPath, PART_FLAGS);
}

/** Parts of older versions, and those that were about to get their names, can be read by others. */
function makePrivate(descriptor: number, { mode }: BigIntStats): void {
  if ((Number(mode) & 0o777) === PART_MODE || process.platform === 'win32') return;
  try {
    fchmodSync(descriptor, PART_MODE);
  } catch {
    // A disk without modes, or another owner: then it is as private as they have it.
  }
}

function existingFinal(
  place: ExistingPlace,
  { path, stats }: { path: string; stats: BigIntStats },
): ExistingContent {
  const { entry } = place;
  place.onFinal(path);
  const found = fileEntry(path, entry.path, stats);
  const sizeBytes = Number(stats.size);
  return {
    sizeBytes,
    isFinal: true,
    ...placeOf(stats),
    open: () => found.open(),
    isUntouched: async () => isUntouched(path, stats),
    async adopt() {
      const end = Math.min(sizeBytes, entry.sizeBytes ?? sizeBytes);
      try {
        return await copyFinal(
          await found.open(),
          () => place.openNewPart(),
          end,
          () => changed(entry),
        );
      } catch (error) {
        throw sinkError(error, entry.path);
      }
    },
  };
}

function regularFileAt(path: string, { entry }: ExistingPlace): BigIntStats | null {
  try {
    const stats = lstatSync(path, { bigint: true, throwIfNoEntry: false });
    return stats?.isFile() ? stats : null;
  } catch (error) {
    if (errnoOf(error) === 'ENOTDIR') return null;
    throw sinkError(error, entry.path);
  }
}

function isUntouched(path: string, found: BigIntStats): boolean {
  try {
    const now = lstatSync(path, { bigint: true });
    return isSameUnchanged(now, found) && now.ctimeNs === found.ctimeNs;
  } catch {
    return false;
  }
}

function dated(stats: BigIntStats) {
  return { stats, sizeBytes: stats.size, modified: stats.mtimeNs };
}

/** Hard links and names in another case are one place. */
function placeOf({ dev, ino, size, mtimeNs }: BigIntStats): { identity: string; version: string } {
  return { identity: `${dev}:${ino}`, version: `${size}:${mtimeNs}` };
}

function changed({ path }: ManifestEntry): TransferError {
  return new TransferError(
    'part-changed',
    `What lies under ${quoted(path)} in the output folder changed while it was being continued.`,
  );
}
