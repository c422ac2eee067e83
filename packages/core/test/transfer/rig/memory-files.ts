// Sources and sinks in memory, for the engine's tests.
import { TransferError } from '../../../src/foundation/errors.ts';
import type { ByteSink, ExistingContent, FolderSink } from '../../../src/ports/byte-sink.ts';
import type { SourceEntry } from '../../../src/ports/byte-source.ts';
import type { ManifestEntry } from '../../../src/ports/entry.ts';

export function fileEntry(path: string, content: Uint8Array, more: Partial<SourceEntry> = {}): SourceEntry {
  return {
    kind: 'file',
    path,
    sizeBytes: content.length,
    modifiedMs: 1_700_000_000_000,
    executable: false,
    open: async () => ({
      read: async (offset, into) => {
        const part = content.subarray(offset, offset + into.length);
        into.set(part);
        return part.length;
      },
      isUnchanged: async () => true,
      close: async () => {},
    }),
    ...more,
  };
}

export function folderEntry(path: string): SourceEntry {
  return { ...fileEntry(path, new Uint8Array(0)), kind: 'folder', sizeBytes: 0 };
}

export class MemoryFolder implements FolderSink {
  readonly files = new Map<string, Uint8Array>();
  readonly parts = new Map<string, Uint8Array>();
  readonly folders = new Set<string>();
  readonly entries = new Map<string, ManifestEntry>();
  finished = false;
  /** Whether what lies there changes while it is hashed. */
  isBusy = false;
  /** Whether nothing changed what lies there since it was found; a test may change it. */
  isUntouched: (path: string) => boolean = () => true;
  /** Lets a test make a write fail or wait. */
  beforeWrite: (path: string, offset: number) => Promise<void> = async () => {};

  /** Names of one file may have the same. */
  identityOf = (path: string, isPart: boolean) => `${path}${isPart ? ' part' : ''}`;

  async makeFolder(path: string): Promise<void> {
    this.folders.add(path);
  }

  async openFile(entry: ManifestEntry): Promise<ByteSink> {
    return this.#openPart(entry, new Uint8Array(0));
  }

  async findExisting(
    { path, sizeBytes }: ManifestEntry,
    withFinal: boolean,
  ): Promise<ExistingContent | null> {
    const part = this.parts.get(path);
    const content = part ?? (withFinal ? this.files.get(path) : undefined);
    if (content === undefined) return null;
    return {
      sizeBytes: content.length,
      isFinal: part === undefined,
      identity: this.identityOf(path, part !== undefined),
      version: `${content.length}`,
      open: async () => ({
        ...(await fileEntry(
          path,
          (part === undefined ? this.files : this.parts).get(path) ?? content,
        ).open()),
        isUnchanged: async () => !this.isBusy,
      }),
      isUntouched: async () => this.isUntouched(path),
      adopt: async () => {
        if (this.isBusy) throw new TransferError('part-changed');
        return this.#openPart({ path, sizeBytes } as ManifestEntry, content.slice(0, sizeBytes!));
      },
    };
  }

  #openPart(entry: ManifestEntry, content: Uint8Array): ByteSink {
    const { path } = entry;
    this.parts.set(path, content);
    return {
      write: async (offset, bytes) => {
        await this.beforeWrite(path, offset);
        const before = this.parts.get(path)!;
        const after = new Uint8Array(Math.max(before.length, offset + bytes.length));
        after.set(before);
        after.set(bytes, offset);
        this.parts.set(path, after);
      },
      flush: async () => {},
      commit: async () => {
        this.files.set(path, this.parts.get(path)!);
        this.parts.delete(path);
        this.entries.set(path, entry);
      },
      abandon: async (keep) => {
        if (!keep) this.parts.delete(path);
      },
    };
  }

  async finish(): Promise<void> {
    this.finished = true;
  }
}
