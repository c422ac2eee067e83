// Packs entries into a .zip while they come, stored without compression: nothing of it is changed once it is written, so it may go straight
// into a download. Each entry has its time to the second in UTC, and its permissions.
import { InvariantError, type ManifestEntry } from '@p2p-copy/core';
import { crc32 } from './crc32.ts';
import { fileMode, folderMode } from './zip-mode.ts';
import {
  dataDescriptor,
  directoryHeader,
  type EntryHeader,
  endOfDirectory,
  localHeader,
  type WrittenEntry,
  ZIP64_BYTES,
} from './zip-records.ts';
import { headerTime, timeFields } from './zip-time.ts';

/** One entry of a .zip. A time that isn't known is that of packing. */
export interface ZipEntry
  extends Pick<ManifestEntry, 'path' | 'modifiedMs'>,
    Partial<Pick<ManifestEntry, 'executable' | 'mode'>> {
  /** Null for a folder. */
  content: ZipContent | null;
}

interface ZipContent {
  /** Null where it isn't known beforehand. */
  sizeBytes: number | null;
  pieces: AsyncIterable<Uint8Array>;
}

/** The directory is given in pieces of about that size. */
const DIRECTORY_PIECE_BYTES = 64 * 1024;

/** The .zip, piece by piece. Pieces of content are passed on as they are, and the next one is asked for when the consumer is done with it. */
export async function* makeZip(
  entries: Iterable<ZipEntry> | AsyncIterable<ZipEntry>,
): AsyncGenerator<Uint8Array> {
  const directory: Uint8Array[] = [];
  let offset = 0;
  for await (const entry of entries) {
    const header = headerOf(entry);
    const written: WrittenEntry = { sizeBytes: 0, crc: 0, offset };
    const local = localHeader(header);
    yield local;
    offset += local.length;
    if (entry.content !== null) {
      for await (const piece of entry.content.pieces) {
        written.crc = crc32(piece, written.crc);
        written.sizeBytes += piece.length;
        yield piece;
      }
      if (written.sizeBytes >= ZIP64_BYTES && !header.hasLongSizes) {
        throw new InvariantError(`“${entry.path}” is longer than was said`);
      }
      const descriptor = dataDescriptor(header, written);
      yield descriptor;
      offset += written.sizeBytes + descriptor.length;
    }
    directory.push(directoryHeader(header, written));
  }
  yield* joined(directory);
  const directoryBytes = directory.reduce((sum, { length }) => sum + length, 0);
  yield endOfDirectory(directory.length, directoryBytes, offset);
}

function headerOf({ path, modifiedMs, content, ...permissions }: ZipEntry): EntryHeader {
  const timeMs = modifiedMs ?? Date.now();
  const isFolder = content === null;
  return {
    name: new TextEncoder().encode(isFolder ? `${path}/` : path),
    time: headerTime(timeMs),
    timeFields: timeFields(timeMs),
    mode: isFolder ? folderMode(permissions) : fileMode(permissions),
    isFolder,
    hasLongSizes: !isFolder && (content.sizeBytes ?? ZIP64_BYTES) >= ZIP64_BYTES,
  };
}

/** Many small pieces as a few. */
function* joined(pieces: readonly Uint8Array[]): Generator<Uint8Array> {
  const joint = new Uint8Array(DIRECTORY_PIECE_BYTES);
  let length = 0;
  for (const piece of pieces) {
    if (length + piece.length > joint.length) {
      yield joint.slice(0, length);
      length = 0;
    }
    joint.set(piece, length);
    length += piece.length;
  }
  if (length > 0) yield joint.slice(0, length);
}
