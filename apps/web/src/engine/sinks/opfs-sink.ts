// FolderSink in this browser's own storage (OPFS), through synchronous access handles: no browser dialog, every
// browser has it, and writes are at memory speed. What lands here is saved to the device afterwards.
import { type ByteSink, type FolderSink, type ManifestEntry, partName, TransferError } from '@p2p-copy/core';
import { diskError, nameError } from '../folders/disk-error.ts';
import { freeName, isEmptyFile } from '../folders/free-name.ts';
import { ListedFolders } from '../folders/listed-folders.ts';
import { joinPath, SinkFolders, splitPath } from '../folders/sink-folders.ts';
import { piecesOf, writeAll, writePieces } from '../folders/write-to-handle.ts';
import type { KeptTransfer } from '../storage/kept-transfers.ts';
import { findExisting } from './existing-content.ts';
import type { Parts } from './parts.ts';

export function opfsSink(kept: KeptTransfer, parts: Parts): FolderSink {
  const folders = new SinkFolders(kept.received);
  const listed = new ListedFolders(kept.received);

  async function openFile(entry: ManifestEntry): Promise<ByteSink> {
    listed.forget();
    const [folderPath, name] = splitPath(entry.path);
    const folder = await folders.open(folderPath);
    const part = await folder.getFileHandle(partName(name), { create: true }).catch((cause: unknown) => {
      throw nameError(cause, entry.path);
    });
    return openPart(kept, entry, folder, part, 0, parts);
  }

  return {
    async makeFolder(path, settings) {
      await folders.open(path);
      kept.addFolder(path, settings);
    },
    openFile,
    async findExisting(entry, withFinal) {
      const [folderPath, name] = splitPath(entry.path);
      const names = { part: partName(name), final: name };
      const found = await findExisting(await listed.list(folderPath), names, entry, withFinal, {
        openNew: () => openFile(entry),
        async reopen(part) {
          listed.forget();
          return openPart(kept, entry, await folders.open(folderPath), part, entry.sizeBytes, parts);
        },
      });
      if (found === null) return null;
      const { sizeBytes, isFinal } = found.content;
      const path = joinPath(folderPath, found.name);
      // What has its final name here was verified when it got it.
      if (!isFinal) parts.add(entry.path, await folders.open(folderPath), found.name);
      else kept.addFile(entry.path, { ...entry, path, sizeBytes });
      return found.content;
    },
    // Each commit flushed its file; OPFS offers nothing for folders.
    finish: async () => {},
  };
}

/** @param keptBytes of what the part holds already; null for all of it */
async function openPart(
  kept: KeptTransfer,
  entry: ManifestEntry,
  folder: FileSystemDirectoryHandle,
  part: FileSystemFileHandle,
  keptBytes: number | null,
  parts: Parts,
): Promise<ByteSink> {
  parts.add(entry.path, folder, part.name);
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
  attempt(() => {
    if (keptBytes !== null && handle.getSize() > keptBytes) handle.truncate(keptBytes);
  });

  return {
    async write(offset, bytes) {
      attempt(() => writeAll(handle, bytes, offset));
    },
    async flush() {
      attempt(() => handle.flush());
    },
    async commit(expected) {
      const sizeBytes = attempt(() => {
        handle.flush();
        return handle.getSize();
      });
      // No other program can reach it, and no other tab while it is open.
      if (expected !== undefined && sizeBytes !== expected.sizeBytes) throw new TransferError('part-changed');
      handle.close();
      const [folderPath, name] = splitPath(entry.path);
      const isThere = sizeBytes === 0 && (await isEmptyFile(folder, name));
      const finalName = isThere ? name : await freeName(folder, name);
      if (!isThere) await rename(folder, part, finalName, entry.path);
      else {
        await folder.removeEntry(part.name).catch((cause: unknown) => {
          throw diskError(cause, entry.path);
        });
      }
      parts.done(entry.path);
      const path = joinPath(folderPath, finalName);
      kept.addFile(entry.path, { ...entry, path, sizeBytes });
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
    await writePieces(target, piecesOf((await from.getFile()).stream()));
  } finally {
    target.close();
  }
}
