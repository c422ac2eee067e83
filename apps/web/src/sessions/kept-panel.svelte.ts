// What was received into this browser's storage or memory: saving it to the device, and deleting it here.
import { TransferError } from '@p2p-copy/core';
import type { EngineClient } from '../client/engine-client.ts';
import { toFailureRecord } from '../contract/browser-refusal.ts';
import type { KeptFile, KeptFiles } from '../contract/messages.ts';
import { crashed, type Problem, problemOf } from '../format/problem.ts';
import { percentOf } from '../format/quantities.ts';
import { downloadFile } from './download-file.ts';

type Status = { name: 'ready' } | { name: 'packing'; percent: number } | { name: 'deleted' };

export class KeptPanel {
  status = $state.raw<Status>({ name: 'ready' });
  problem = $state.raw<Problem | null>(null);
  /** A save was handed to the browser; whether it has ended, a browser doesn't tell. */
  hasSaved = $state(false);

  /** Gone with this tab. */
  readonly isInMemory: boolean;
  readonly files: KeptFile[];
  /** One file and no folder: saved as it is. */
  readonly single: KeptFile | null;
  readonly totalBytes: number;
  readonly zipName: string;
  readonly #engine: EngineClient;
  readonly #transferId: string;
  #zip: File | null = null;
  /** Paths that were saved. */
  #saved = $state.raw<ReadonlySet<string>>(new Set());

  constructor(engine: EngineClient, kept: KeptFiles, title: string) {
    this.#engine = engine;
    this.#transferId = kept.transferId;
    this.isInMemory = kept.place === 'memory';
    this.files = kept.files;
    this.single = kept.files.length === 1 && !kept.hasFolders ? kept.files[0]! : null;
    this.totalBytes = kept.files.reduce((sum, file) => sum + file.sizeBytes, 0);
    this.zipName = `${title}.zip`;
  }

  /** Whether leaving would lose some of it. */
  get isUnsaved(): boolean {
    return this.isInMemory && this.status.name !== 'deleted' && this.#saved.size < this.files.length;
  }

  saveOne(path: string): Promise<void> {
    return this.#attempt(async () => {
      const file = await this.#engine.openKept(this.#transferId, path);
      this.#save(file, path.slice(path.lastIndexOf('/') + 1), [path]);
    });
  }

  saveAll(): Promise<void> {
    return this.#attempt(async () => {
      // Made once: a second one would overwrite what a download still reads.
      this.#zip ??= await this.#pack();
      const paths = this.files.map(({ path }) => path);
      this.#save(this.#zip, this.zipName, paths);
    });
  }

  delete(): Promise<void> {
    return this.#attempt(async () => {
      await this.#engine.deleteKept(this.#transferId);
      this.status = { name: 'deleted' };
    });
  }

  /** The screen is left: what is still here shows among the leftovers. */
  async close(): Promise<void> {
    if (this.status.name !== 'deleted') await this.#engine.releaseKept(this.#transferId);
  }

  async #pack(): Promise<File> {
    this.status = { name: 'packing', percent: 0 };
    try {
      return await this.#engine.zip(this.#transferId, (bytes) => {
        this.status = { name: 'packing', percent: percentOf(bytes, this.totalBytes) };
      });
    } finally {
      this.status = { name: 'ready' };
    }
  }

  #save(file: File, name: string, paths: string[]): void {
    downloadFile(file, name);
    this.#saved = new Set([...this.#saved, ...paths]);
    this.hasSaved = true;
  }

  async #attempt(action: () => Promise<void>): Promise<void> {
    this.problem = null;
    try {
      await action();
    } catch (error) {
      this.problem =
        error instanceof TransferError ? problemOf(toFailureRecord(error), 'receive') : crashed();
    }
  }
}
