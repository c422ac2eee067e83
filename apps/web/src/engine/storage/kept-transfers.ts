// Transfers in this browser's own storage: transfers/ID/received/ holds the files. Who has a transfer's lock works on it.

import type { FolderSettings, ManifestEntry } from '@p2p-copy/core';
import type { KeptFile, KeptFiles } from '../../contract/messages.ts';
import { diskError, nameOf } from '../folders/disk-error.ts';
import type { Kept } from './kept-files.ts';
import { type ReceivedFiles, receivedFiles, removeTransfer, type StoredFolder } from './stored-transfers.ts';
import { lockedTransfers } from './transfer-lock.ts';
import { zipKept } from './zip-kept.ts';

const FOLDER = 'transfers';

/** A file, and what its name in OPFS doesn't tell. */
interface StoredFile extends KeptFile, Partial<Pick<ManifestEntry, 'executable' | 'mode'>> {
  modifiedMs: number | null;
}

export class KeptTransfer implements Kept {
  readonly id: string;
  readonly home: FileSystemDirectoryHandle;
  readonly received: FileSystemDirectoryHandle;
  /** Every folder of the offer, empty ones included. */
  readonly folders = new Map<string, StoredFolder>();
  /** The whole ones, by their paths in the offer. */
  readonly files = new Map<string, StoredFile>();
  /** Lets go of the lock: what is here stays. */
  readonly release: () => void;

  private constructor(
    id: string,
    home: FileSystemDirectoryHandle,
    received: FileSystemDirectoryHandle,
    release: () => void,
  ) {
    this.id = id;
    this.home = home;
    this.received = received;
    this.release = release;
  }

  /**
   * A new one, or one with what earlier tabs received. Whoever opens it has its lock.
   * @throws TransferError `sink-failed`, `no-space`
   */
  static async open(id: string, release: () => void): Promise<KeptTransfer> {
    try {
      const home = await (await transfersFolder()).getDirectoryHandle(id, { create: true });
      return new KeptTransfer(id, home, await home.getDirectoryHandle('received', { create: true }), release);
    } catch (cause) {
      throw diskError(cause, null);
    }
  }

  /** One whose whole files are known from an earlier tab. */
  static async reopen(id: string, release: () => void): Promise<KeptTransfer> {
    const kept = await KeptTransfer.open(id, release);
    const { files, folders } = await receivedFiles(id);
    for (const file of files) kept.files.set(file.path, file);
    for (const folder of folders) {
      // An older page noted the path alone.
      if (typeof folder === 'string') kept.addFolder(folder);
      else kept.folders.set(folder.path, folder);
    }
    return kept;
  }

  addFolder(path: string, settings: FolderSettings = { modifiedMs: null }): void {
    this.folders.set(path, { ...settings, path });
  }

  /** The file that the offer calls `path` is whole. It may lie here under another name. */
  addFile(path: string, file: StoredFile): void {
    this.files.set(path, file);
  }

  /** As the page shows it. */
  get shown(): KeptFiles {
    const files = [...this.files.values()].map(({ path, sizeBytes }) => ({ path, sizeBytes }));
    return { transferId: this.id, place: 'browser', files, hasFolders: this.hasFolders };
  }

  /** As it is stored. */
  get stored(): ReceivedFiles {
    return { files: [...this.files.values()], folders: [...this.folders.values()] };
  }

  /** Nothing in it is complete. */
  get isEmpty(): boolean {
    return this.files.size === 0 && this.folders.size === 0;
  }

  get hasFolders(): boolean {
    return this.folders.size > 0 || [...this.files.keys()].some((path) => path.includes('/'));
  }

  /**
   * The file at `path`, backed by the disk.
   * @throws TransferError `sink-failed`
   */
  async open(path: string): Promise<File> {
    try {
      let folder = this.received;
      const segments = path.split('/');
      for (const segment of segments.slice(0, -1)) folder = await folder.getDirectoryHandle(segment);
      return await (await folder.getFileHandle(segments.at(-1)!)).getFile();
    } catch (cause) {
      throw diskError(cause, path, 'read');
    }
  }

  async zip(onProgress: (bytes: number) => void): Promise<File> {
    return zipKept(this, onProgress);
  }

  async delete(): Promise<void> {
    await deleteKept(this.id);
    this.release();
  }
}

/** Removes what this browser's storage has of a transfer, if anything, and what is stored about it. */
export async function deleteKept(id: string): Promise<void> {
  try {
    await (await transfersFolder()).removeEntry(id, { recursive: true });
  } catch (cause) {
    if (nameOf(cause) !== 'NotFoundError') throw diskError(cause, null);
  }
  // Where a browser stores no such thing, there is nothing to remove.
  await removeTransfer(id).catch((error: unknown) => console.warn(error));
}

/** Those that nobody has, and of which nothing but the files is known. */
export async function findStrays(known: ReadonlySet<string>): Promise<{ ids: string[]; bytes: number }> {
  const held = await lockedTransfers();
  const ids: string[] = [];
  let bytes = 0;
  for await (const entry of (await transfersFolder()).values()) {
    if (entry.kind !== 'directory' || held.has(entry.name) || known.has(entry.name)) continue;
    ids.push(entry.name);
    bytes += await bytesIn(entry);
  }
  return { ids, bytes };
}

async function bytesIn(folder: FileSystemDirectoryHandle): Promise<number> {
  let bytes = 0;
  for await (const entry of folder.values()) {
    if (entry.kind === 'directory') bytes += await bytesIn(entry);
    else bytes += await sizeOf(entry);
  }
  return bytes;
}

async function sizeOf(file: FileSystemFileHandle): Promise<number> {
  try {
    return (await file.getFile()).size;
  } catch (cause) {
    // Another tab deleted it meanwhile.
    if (nameOf(cause) === 'NotFoundError') return 0;
    throw diskError(cause, file.name, 'read');
  }
}

/** @throws TransferError `sink-failed`, `no-space` */
async function transfersFolder(): Promise<FileSystemDirectoryHandle> {
  try {
    const root = await navigator.storage.getDirectory();
    return await root.getDirectoryHandle(FOLDER, { create: true });
  } catch (cause) {
    throw diskError(cause, null);
  }
}
