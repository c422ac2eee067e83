// FolderSink into a folder that the person picked: straight to the disk. A browser offers only whole-file writers
// there, which show what was written when they close: a file that was under way when the tab went begins anew, those
// that were whole stand.
import {
  type ByteSink,
  type ExpectedContent,
  type FolderSink,
  type ManifestEntry,
  TransferError,
} from '@p2p-copy/core';
import { diskError, nameError } from '../folders/disk-error.ts';
import { freeName } from '../folders/free-name.ts';
import { ListedFolders } from '../folders/listed-folders.ts';
import { ownPartName } from '../folders/own-part.ts';
import { SinkFolders, splitPath } from '../folders/sink-folders.ts';
import { takeName } from '../folders/take-name.ts';
import { openBlob } from '../sources/blob-source.ts';
import { findExisting } from './existing-content.ts';
import type { Parts } from './parts.ts';

/** @param partTag what tells this transfer's parts from those of others; null for a transfer that an older page began */
export function pickedFolderSink(
  root: FileSystemDirectoryHandle,
  parts: Parts,
  partTag: string | null,
): FolderSink {
  const folders = new SinkFolders(root);
  const listed = new ListedFolders(root);

  async function openFile(entry: ManifestEntry): Promise<ByteSink> {
    listed.forget();
    const [folderPath, name] = splitPath(entry.path);
    const folder = await folders.open(folderPath);
    // Asked before anything is written: a browser may allow the part's name and refuse the final one.
    await freeName(folder, name);
    const part = await folder
      .getFileHandle(ownPartName(partTag, name), { create: true })
      .catch((cause: unknown) => {
        throw nameError(cause, entry.path);
      });
    return openPart(folder, name, entry, part, false, parts);
  }

  return {
    async makeFolder(path) {
      await folders.open(path);
    },
    openFile,
    async findExisting(entry, withFinal) {
      const [folderPath, name] = splitPath(entry.path);
      const names = { part: ownPartName(partTag, name), final: name };
      const found = await findExisting(await listed.list(folderPath), names, entry, withFinal, {
        openNew: () => openFile(entry),
        async reopen(part) {
          listed.forget();
          return openPart(await folders.open(folderPath), name, entry, part, true, parts);
        },
      });
      if (found?.content.isFinal === false) parts.add(entry.path, await folders.open(folderPath), found.name);
      return found?.content ?? null;
    },
    // Closing a writer is all the durability that a browser offers.
    finish: async () => {},
  };
}

async function openPart(
  folder: FileSystemDirectoryHandle,
  name: string,
  entry: ManifestEntry,
  part: FileSystemFileHandle,
  keepExistingData: boolean,
  parts: Parts,
): Promise<ByteSink> {
  parts.add(entry.path, folder, part.name);
  const writer = await openWriter(part, entry, keepExistingData).catch((cause: unknown) => {
    throw diskError(cause, entry.path);
  });

  let writtenMs = Date.now();

  return {
    async write(position, bytes) {
      try {
        await writer.write({ type: 'write', position, data: bytes as Uint8Array<ArrayBuffer> });
        writtenMs = Date.now();
      } catch (cause) {
        throw diskError(cause, entry.path);
      }
    },
    flush: async () => {},
    async commit(expected) {
      try {
        await writer.close();
        const file = await part.getFile();
        if (expected !== undefined) await expectContent(file, expected, writtenMs, entry);
        await takeName({ folder, part, file }, name);
        parts.done(entry.path);
      } catch (cause) {
        throw diskError(cause, entry.path);
      }
    },
    async abandon(keep) {
      try {
        if (keep) return await writer.close();
        await writer.abort();
        await folder.removeEntry(part.name);
      } catch {
        // The part stays beside where the file would stand, under a name that says what it is.
      }
    },
  };
}

/** With `keepExistingData` a browser copies it all first, which is still less than to have it sent again. */
async function openWriter(part: FileSystemFileHandle, entry: ManifestEntry, keepExistingData: boolean) {
  const writer = await part.createWritable({ keepExistingData });
  const { sizeBytes } = entry;
  if (keepExistingData && sizeBytes !== null && (await part.getFile()).size > sizeBytes) {
    await writer.truncate(sizeBytes);
  }
  return writer;
}

/**
 * Other programs can write to the part, and to the file beside it in which a browser collects what it writes. What
 * was changed after this end's last write is hashed again.
 * @throws TransferError `part-changed`
 */
async function expectContent(
  file: File,
  expected: ExpectedContent,
  writtenMs: number,
  { path }: ManifestEntry,
): Promise<void> {
  const isRight =
    file.size === expected.sizeBytes &&
    (file.lastModified <= writtenMs || (await expected.isIn(openBlob(file, path))));
  if (!isRight) throw new TransferError('part-changed');
}
