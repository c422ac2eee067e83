// FolderSink in memory, for browsers that have no other place: pieces become blobs as they come, and a whole file one made of
// them. What is here is gone with the tab.
import { type ByteSink, type FolderSink, type ManifestEntry, TransferError } from '@p2p-copy/core';
import type { KeptFiles } from '../../contract/messages.ts';
import { diskError } from '../folders/disk-error.ts';
import type { Kept } from '../storage/kept-files.ts';
import { zipBlobs } from '../storage/zip-blobs.ts';

export class MemoryFiles implements Kept, FolderSink {
  readonly id = crypto.randomUUID();
  readonly #capBytes: number;
  #heldBytes = 0;
  readonly #folders = new Set<string>();
  /** The whole ones. */
  readonly #files = new Map<string, File>();

  constructor(capBytes: number) {
    this.#capBytes = capBytes;
  }

  get isEmpty(): boolean {
    return this.#files.size === 0 && this.#folders.size === 0;
  }

  get shown(): KeptFiles {
    const files = [...this.#files].map(([path, { size }]) => ({ path, sizeBytes: size }));
    const hasFolders = this.#folders.size > 0 || files.some(({ path }) => path.includes('/'));
    return { transferId: this.id, place: 'memory', files, hasFolders };
  }

  async makeFolder(path: string): Promise<void> {
    this.#folders.add(path);
  }

  async openFile({ path, modifiedMs }: ManifestEntry): Promise<ByteSink> {
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
        this.#heldBytes -= this.#files.get(path)?.size ?? 0;
        this.#files.set(path, file);
      },
      abandon: async () => {
        this.#heldBytes -= partBytes;
      },
    };
  }

  async finish(): Promise<void> {}

  async open(path: string): Promise<File> {
    return this.#files.get(path)!;
  }

  async zip(onProgress: (bytes: number) => void): Promise<File> {
    return zipBlobs(this.#folders, this.#files, onProgress);
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
