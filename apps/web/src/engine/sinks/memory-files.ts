// FolderSink in memory, for browsers that have no other place: pieces become blobs as they come, and a whole file one made of
// them. What is here is gone with the tab.
import {
  type ByteSink,
  type FolderSettings,
  type FolderSink,
  type ManifestEntry,
  TransferError,
} from '@p2p-copy/core';
import type { KeptFiles } from '../../contract/messages.ts';
import { diskError } from '../folders/disk-error.ts';
import type { Kept } from '../storage/kept-files.ts';
import { type HeldEntry, zipBlobs } from '../zip/zip-blobs.ts';

export class MemoryFiles implements Kept, FolderSink {
  readonly id = crypto.randomUUID();
  readonly #capBytes: number;
  #heldBytes = 0;
  readonly #folders = new Map<string, HeldEntry>();
  /** The whole ones. */
  readonly #files = new Map<string, HeldEntry & { file: File }>();

  constructor(capBytes: number) {
    this.#capBytes = capBytes;
  }

  get isEmpty(): boolean {
    return this.#files.size === 0 && this.#folders.size === 0;
  }

  get shown(): KeptFiles {
    const files = [...this.#files].map(([path, { file }]) => ({ path, sizeBytes: file.size }));
    const hasFolders = this.#folders.size > 0 || files.some(({ path }) => path.includes('/'));
    return { transferId: this.id, place: 'memory', files, hasFolders };
  }

  async makeFolder(path: string, settings: FolderSettings = { modifiedMs: null }): Promise<void> {
    this.#folders.set(path, { ...settings, path, file: null });
  }

  async openFile(entry: ManifestEntry): Promise<ByteSink> {
    const { path, modifiedMs } = entry;
    const pieces = new Map<number, Blob>();
    let partBytes = 0;
    return {
      write: async (offset, bytes) => {
        this.#take(bytes.length);
        partBytes += bytes.length;
        pieces.set(offset, new Blob([bytes as Uint8Array<ArrayBuffer>]));
      },
      flush: async () => {},
      commit: async () => {
        const inOrder = [...pieces].sort(([a], [b]) => a - b).map(([, piece]) => piece);
        const file = new File(inOrder, nameOf(path), { lastModified: modifiedMs ?? Date.now() });
        await expectReadable(file, path);
        this.#heldBytes -= this.#files.get(path)?.file.size ?? 0;
        this.#files.set(path, { ...entry, modifiedMs: file.lastModified, file });
      },
      abandon: async () => {
        this.#heldBytes -= partBytes;
      },
    };
  }

  async finish(): Promise<void> {}

  async open(path: string): Promise<File> {
    return this.#files.get(path)!.file;
  }

  async zip(onProgress: (bytes: number) => void): Promise<File> {
    return zipBlobs([...this.#folders.values(), ...this.#files.values()], onProgress);
  }

  async delete(): Promise<void> {
    this.release();
  }

  release(): void {
    this.#files.clear();
    this.#folders.clear();
    this.#heldBytes = 0;
  }

  #take(bytes: number): void {
    if (this.#heldBytes + bytes > this.#capBytes) throw new TransferError('no-space');
    this.#heldBytes += bytes;
  }
}

/**
 * A browser that had no memory for a blob says so only when it is read.
 * @throws TransferError `sink-failed`
 */
async function expectReadable(file: File, path: string): Promise<void> {
  try {
    await file.slice(-1).arrayBuffer();
  } catch (cause) {
    throw diskError(cause, path, 'read');
  }
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
