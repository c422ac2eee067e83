// FolderSink in this browser's own storage (OPFS), through synchronous access handles: no browser dialog, every
// browser has it, and writes are at memory speed. What lands here is saved to the device afterwards.
import { type ByteSink, type FolderSink, type ManifestEntry, partName } from '@p2p-copy/core';
import { diskError, nameError } from './disk-error.ts';
import { freeName } from './free-name.ts';
import type { KeptTransfer } from './kept-transfers.ts';
import { SinkFolders, splitPath } from './sink-folders.ts';
import { writeAll, writeStream } from './write-to-handle.ts';

export function opfsSink(kept: KeptTransfer): FolderSink {
  const folders = new SinkFolders(kept.received);
  return {
    async makeFolder(path) {
      await folders.open(path);
      kept.addFolder(path);
    },
    async openFile(entry) {
      const [folderPath, name] = splitPath(entry.path);
      return openOpfsFile(kept, entry, folderPath, await folders.open(folderPath), name);
    },
    // Each commit flushed its file; OPFS offers nothing for folders.
    finish: async () => {},
  };
}

async function openOpfsFile(
  kept: KeptTransfer,
  entry: ManifestEntry,
  folderPath: string,
  folder: FileSystemDirectoryHandle,
  name: string,
): Promise<ByteSink> {
  const part = await folder.getFileHandle(partName(name), { create: true }).catch((cause: unknown) => {
    throw nameError(cause, entry.path);
  });
  const handle = await part.createSyncAccessHandle().catch((cause: unknown) => {
    throw diskError(cause, entry.path);
  });
  const attempt = <T>(action: () => T): T => {
    try {
      return action();
    } catch (cause) {
      throw diskError(cause, entry.path);
    }
  };
  attempt(() => handle.truncate(0));

  return {
    async write(offset, bytes) {
      attempt(() => writeAll(handle, bytes, offset));
    },
    async flush() {
      attempt(() => handle.flush());
    },
    async commit() {
      const sizeBytes = attempt(() => {
        handle.flush();
        return handle.getSize();
      });
      handle.close();
      const finalName = await freeName(folder, name);
      await rename(folder, part, finalName, entry.path);
      const path = folderPath === '' ? finalName : `${folderPath}/${finalName}`;
      kept.addFile({ path, sizeBytes, modifiedMs: entry.modifiedMs });
    },
    async abandon(keep) {
      try {
        handle.close();
        if (!keep) await folder.removeEntry(part.name);
      } catch {
        // Deleting the transfer takes what is left.
      }
    },
  };
}

async function rename(
  folder: FileSystemDirectoryHandle,
  part: FileSystemFileHandle,
  finalName: string,
  path: string,
): Promise<void> {
  try {
    if (part.move !== undefined) return await part.move(finalName);
    await copy(part, await folder.getFileHandle(finalName, { create: true }));
    await folder.removeEntry(part.name);
  } catch (cause) {
    throw diskError(cause, path);
  }
}

/** For browsers without move(). */
async function copy(from: FileSystemFileHandle, to: FileSystemFileHandle): Promise<void> {
  const target = await to.createSyncAccessHandle();
  try {
    await writeStream(target, (await from.getFile()).stream());
  } finally {
    target.close();
  }
}
