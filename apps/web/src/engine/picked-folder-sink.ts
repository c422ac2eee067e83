// FolderSink into a folder that the person picked: straight to the disk. A browser offers only whole-file writers
// there, which show what was written when they close.
import { type ByteSink, type FolderSink, type ManifestEntry, partName } from '@p2p-copy/core';
import { diskError, nameError } from './disk-error.ts';
import { freeName } from './free-name.ts';
import { SinkFolders, splitPath } from './sink-folders.ts';

export function pickedFolderSink(root: FileSystemDirectoryHandle): FolderSink {
  const folders = new SinkFolders(root);
  return {
    async makeFolder(path) {
      await folders.open(path);
    },
    async openFile(entry) {
      const [folderPath, name] = splitPath(entry.path);
      return openPart(await folders.open(folderPath), name, entry);
    },
    // Closing a writer is all the durability that a browser offers.
    finish: async () => {},
  };
}

async function openPart(
  folder: FileSystemDirectoryHandle,
  name: string,
  entry: ManifestEntry,
): Promise<ByteSink> {
  // Asked before anything is written: a browser may allow the part's name and refuse the final one.
  await freeName(folder, name);
  const part = await folder.getFileHandle(partName(name), { create: true }).catch((cause: unknown) => {
    throw nameError(cause, entry.path);
  });
  const writer = await part.createWritable().catch((cause: unknown) => {
    throw diskError(cause, entry.path);
  });

  return {
    async write(position, bytes) {
      try {
        await writer.write({ type: 'write', position, data: bytes as Uint8Array<ArrayBuffer> });
      } catch (cause) {
        throw diskError(cause, entry.path);
      }
    },
    flush: async () => {},
    async commit() {
      try {
        await writer.close();
        await giveName(folder, part, await freeName(folder, name));
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

/** Renames, or copies where the browser can't rename outside its own storage. */
async function giveName(
  folder: FileSystemDirectoryHandle,
  part: FileSystemFileHandle,
  finalName: string,
): Promise<void> {
  if (part.move !== undefined) {
    try {
      return await part.move(finalName);
    } catch {
      // The copy below shows whether it is the rename or the folder that fails.
    }
  }
  const final = await folder.getFileHandle(finalName, { create: true });
  try {
    // The writer shows the copy under its final name only when it is whole.
    await (await part.getFile()).stream().pipeTo(await final.createWritable());
  } catch (cause) {
    await folder.removeEntry(finalName);
    throw cause;
  }
  await folder.removeEntry(part.name);
}
