// FolderSink for an offer of one file that the person saves as a file of their choice. What was there stays as it was
// until the transfer is verified.
import { type ByteSink, type FolderSink, TransferError } from '@p2p-copy/core';
import { diskError } from '../folders/disk-error.ts';

export function pickedFileSink(file: FileSystemFileHandle): FolderSink {
  return {
    makeFolder() {
      throw new TransferError('sink-failed', 'A folder cannot be saved as a file.');
    },
    openFile: () => openPickedFile(file),
    finish: async () => {},
  };
}

async function openPickedFile(file: FileSystemFileHandle): Promise<ByteSink> {
  const attempt = async <T>(action: () => Promise<T>): Promise<T> => {
    try {
      return await action();
    } catch (cause) {
      throw diskError(cause, file.name);
    }
  };
  // The picker creates a file that wasn't there, empty.
  const wasEmpty = await attempt(async () => (await file.getFile()).size === 0);
  const writer = await attempt(() => file.createWritable());

  return {
    write: (position, bytes) =>
      attempt(() => writer.write({ type: 'write', position, data: bytes as Uint8Array<ArrayBuffer> })),
    flush: async () => {},
    async commit(expected) {
      await attempt(() => writer.close());
      const { size } = await attempt(() => file.getFile());
      if (expected !== undefined && size !== expected.sizeBytes) throw new TransferError('part-changed');
    },
    // There is no part to keep: an aborted writer leaves the file as it was picked.
    async abandon() {
      try {
        await writer.abort();
        if (wasEmpty) await file.remove?.();
      } catch {
        // An empty file stays.
      }
    },
  };
}
