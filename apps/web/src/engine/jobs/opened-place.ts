// Where a receiving writes: the sink of each place that a person may choose, and what of it outlives the transfer.
import type { FolderSink } from '@p2p-copy/core';
import { memoryCapBytes } from '../../capabilities/memory-cap.ts';
import type { SinkChoice } from '../../contract/messages.ts';
import { DownloadSink } from '../sinks/download-sink.ts';
import { MemoryFiles } from '../sinks/memory-files.ts';
import { noSink } from '../sinks/no-sink.ts';
import { opfsSink } from '../sinks/opfs-sink.ts';
import { Parts } from '../sinks/parts.ts';
import { pickedFileSink } from '../sinks/picked-file-sink.ts';
import { pickedFolderSink } from '../sinks/picked-folder-sink.ts';
import { KeptTransfer } from '../storage/kept-transfers.ts';
import type { StoredReceiving } from '../storage/stored-transfers.ts';

/** Under which a place is found again by a later tab; null where no later tab can go on in it. */
export interface PlaceId {
  id: string;
  /** Lets go of the lock. */
  release: () => void;
  /** As `partTagOf` gives it. */
  partTag: string | null;
}

export class OpenedPlace {
  /** In this browser's storage. */
  kept: KeptTransfer | null = null;
  readonly parts = new Parts();
  #memory: MemoryFiles | null = null;
  #download: FolderSink | null = null;

  /**
   * @param named what a folder and this browser's storage need
   * @throws TransferError `sink-failed`, `no-space`
   */
  async open(choice: SinkChoice, named: PlaceId | null): Promise<FolderSink> {
    switch (choice.kind) {
      case 'none':
        return noSink;
      case 'file':
        return pickedFileSink(choice.file);
      case 'folder':
        return pickedFolderSink(choice.folder, this.parts, named!.partTag);
      case 'browser':
        this.kept ??= await KeptTransfer.open(named!.id, named!.release);
        return opfsSink(this.kept, this.parts);
      case 'memory':
        this.#memory = new MemoryFiles(memoryCapBytes());
        return this.#memory;
      case 'download':
        this.#download = new DownloadSink(choice, choice.isZip);
        return this.#download;
    }
  }

  /** Opens what an earlier tab noted as whole in this browser's storage; nothing of what went elsewhere. */
  async reopen({ id, place }: StoredReceiving, release: () => void): Promise<void> {
    if (place.kind === 'browser') this.kept = await KeptTransfer.reopen(id, release);
  }

  /** What lies whole in this tab's memory; null for nothing. */
  get inMemory(): MemoryFiles | null {
    return this.#memory === null || this.#memory.isEmpty ? null : this.#memory;
  }

  /** Ends a download that no session got: the transfer may have ended before its first one. */
  stopDownload(): void {
    this.#download?.stop?.();
  }
}
