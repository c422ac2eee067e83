// SourceEntry from a picked File. It is read in order nearly always, so as a stream.
import { type ByteSource, type SourceEntry, TransferError } from '@p2p-copy/core';
import { nameOf, refusedBy } from '../folders/disk-error.ts';
import { BlobStream } from './blob-stream.ts';

/** Longest gap that is read and thrown away, in bytes; beyond it another stream begins. */
const MAX_PASSED_BYTES = 4 * 1024 * 1024;

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

/** Reads may overlap; they are done one after the other. Errors of reading: `source-unreadable`, `source-changed`. */
export function openBlob(blob: Blob, path: string): ByteSource {
  let stream: BlobStream | null = null;
  let hasRead = false;
  let last: Promise<unknown> = Promise.resolve();

  /** @throws DOMException the browser's */
  async function fill(into: Uint8Array, offset: number): Promise<number> {
    // The whole of it: one question, and nothing to close.
    if (offset === 0 && into.length === blob.size) {
      const content = new Uint8Array(await blob.arrayBuffer());
      into.set(content);
      return content.length;
    }
    const passedBytes = stream === null ? -1 : offset - stream.position;
    if (stream === null || passedBytes < 0 || passedBytes > MAX_PASSED_BYTES) {
      stream?.close();
      stream = new BlobStream(blob, offset);
    } else if (passedBytes > 0) await stream.read(new Uint8Array(passedBytes));
    return stream.read(into);
  }

  async function readAt(offset: number, into: Uint8Array): Promise<number> {
    const due = into.subarray(0, Math.max(0, blob.size - offset));
    if (due.length === 0) return 0;
    let done: number;
    try {
      done = await fill(due, offset);
    } catch (cause) {
      throw readError(await reasonOf(blob, cause), path, hasRead);
    }
    if (done < due.length) throw new TransferError('source-changed', `“${path}” became shorter.`);
    hasRead = true;
    return done;
  }

  return {
    read(offset, into) {
      const reading = last.then(() => readAt(offset, into));
      last = reading.catch(() => {});
      return reading;
    },
    // A File keeps the size and time of when it was picked, and refuses to be read once the disk says otherwise.
    async isUnchanged() {
      return (await refusal(blob)) === null;
    },
    async close() {
      stream?.close();
    },
  };
}

/** What the browser says when it is asked for the blob's last byte; null when it gives it. */
async function refusal(blob: Blob): Promise<unknown> {
  try {
    await blob.slice(Math.max(0, blob.size - 1)).arrayBuffer();
    return null;
  } catch (cause) {
    return cause;
  }
}

/** A stream may break without saying why. */
async function reasonOf(blob: Blob, cause: unknown): Promise<unknown> {
  return (await refusal(blob)) ?? cause;
}

function readError(cause: unknown, path: string, hasRead: boolean): TransferError {
  // The same NotReadableError tells of a changed file and of one that was never readable.
  if (nameOf(cause) === 'NotReadableError' && hasRead) {
    return new TransferError('source-changed', `“${path}” changed while it was being sent.`, { cause });
  }
  return refusedBy({ call: 'read', path, exception: nameOf(cause) }, cause, 'source-unreadable');
}
