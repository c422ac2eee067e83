// SourceEntry from a picked File. Reads 4 MiB at a time with the next slice on its way: slices of one chunk, awaited
// one by one, are six times slower.
import { type ByteSource, type SourceEntry, TransferError } from '@p2p-copy/core';
import { nameOf } from './disk-error.ts';

const SLICE_BYTES = 4 * 1024 * 1024;

export function fileEntry(path: string, file: File): SourceEntry {
  return {
    kind: 'file',
    path,
    sizeBytes: file.size,
    modifiedMs: file.lastModified,
    executable: false,
    open: async () => openBlob(file, path),
  };
}

export function folderEntry(path: string): SourceEntry {
  return {
    kind: 'folder',
    path,
    sizeBytes: 0,
    modifiedMs: null,
    executable: false,
    open: () => Promise.reject(new TransferError('source-unreadable', `“${path}” is a folder.`)),
  };
}

export function textEntry(text: string): SourceEntry {
  const bytes = new Blob([text]);
  return {
    kind: 'text',
    path: 'message.txt',
    sizeBytes: bytes.size,
    modifiedMs: null,
    executable: false,
    open: async () => openBlob(bytes, 'message.txt'),
  };
}

/** Errors of reading: `source-unreadable`, `source-changed`. */
export function openBlob(blob: Blob, path: string): ByteSource {
  /** By start: the slice being read, and the one after it. */
  const slices = new Map<number, Promise<ArrayBuffer>>();
  let hasRead = false;

  function load(start: number): Promise<ArrayBuffer> {
    const known = slices.get(start);
    if (known !== undefined) return known;
    const slice = blob.slice(start, start + SLICE_BYTES).arrayBuffer();
    // Whoever reads it sees the failure; one that nobody comes to read must not count as unhandled.
    slice.catch(() => {});
    slices.set(start, slice);
    return slice;
  }

  async function sliceAt(start: number): Promise<ArrayBuffer> {
    const next = start + SLICE_BYTES;
    for (const known of slices.keys()) {
      if (known !== start && known !== next) slices.delete(known);
    }
    const slice = load(start);
    if (next < blob.size) load(next);
    try {
      const bytes = await slice;
      hasRead = true;
      return bytes;
    } catch (cause) {
      throw readError(cause, path, hasRead);
    }
  }

  return {
    async read(offset, into) {
      let done = 0;
      while (done < into.length && offset + done < blob.size) {
        const at = offset + done;
        const start = at - (at % SLICE_BYTES);
        const slice = new Uint8Array(await sliceAt(start));
        const piece = slice.subarray(at - start, at - start + into.length - done);
        // A slice shorter than its place in the file: the file was cut.
        if (piece.length === 0) throw new TransferError('source-changed', `“${path}” became shorter.`);
        into.set(piece, done);
        done += piece.length;
      }
      return done;
    },
    // A File keeps the size and time of when it was picked, and refuses to be read once the disk says otherwise.
    async isUnchanged() {
      try {
        await blob.slice(Math.max(0, blob.size - 1)).arrayBuffer();
        return true;
      } catch {
        return false;
      }
    },
    async close() {
      slices.clear();
    },
  };
}

function readError(cause: unknown, path: string, hasRead: boolean): TransferError {
  // The same NotReadableError tells of a changed file and of one that was never readable.
  if (nameOf(cause) === 'NotReadableError' && hasRead) {
    return new TransferError('source-changed', `“${path}” changed while it was being sent.`, { cause });
  }
  return new TransferError('source-unreadable', `“${path}” cannot be read, or changed since it was chosen.`, {
    cause,
  });
}
