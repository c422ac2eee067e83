// The receiving half behind the checks: files are begun, written and named in the order of the wire.
// docs/CLASSIC.md, section "What our ends do beyond it".

import { Gate } from '../async/gate.ts';
import type { ByteSink, FolderSink } from '../ports/byte-sink.ts';
import type { ManifestEntry } from '../ports/entry.ts';
import { violation } from '../wire/fields.ts';
import type { FileHeader } from './classic-message.ts';
import { expectedContent, type OfferedFiles } from './offered-files.ts';

/** Files that are flushed and named at once. */
const COMMITS_AT_ONCE = 16;

/** What comes of a message, in the order of the wire. */
export type Step =
  | { kind: 'begin'; header: FileHeader }
  | { kind: 'content'; content: Uint8Array }
  | { kind: 'end of file' };

/** Where a FileWriter writes, and whom it tells. */
export interface WriterContext {
  offered: OfferedFiles;
  sink: FolderSink;
  /** Files that are not wanted: they are read and dropped. */
  skip: ReadonlySet<number>;
  onBytes(bytes: number): void;
  onFileDone(entry: ManifestEntry): void;
  /** A file could not be completed while later ones arrive. */
  onFailed(error: unknown): void;
}

/** The file whose chunks arrive. */
interface OpenFile {
  entry: ManifestEntry;
  /** Null for a file that is not wanted. */
  sink: ByteSink | null;
  writtenTo: number;
}

/** Writes the files of a classic session one after the other, each under its final name when it is whole. */
export class FileWriter {
  readonly #context: WriterContext;
  readonly #commits = new Gate(COMMITS_AT_ONCE);
  readonly #committing = new Set<Promise<void>>();
  /** Parts that have no name yet. */
  readonly #sinks = new Set<ByteSink>();
  #open: OpenFile | null = null;

  constructor(context: WriterContext) {
    this.#context = context;
  }

  /**
   * One step at a time.
   * @throws TransferError `protocol-violation`, those of the sink
   */
  async take(step: Step): Promise<void> {
    switch (step.kind) {
      case 'begin':
        this.#open = await this.#begin(step.header);
        return;
      case 'content':
        return this.#write(this.#open!, step.content);
      case 'end of file': {
        const { entry, sink, writtenTo } = this.#open!;
        this.#open = null;
        if (writtenTo !== entry.sizeBytes) throw violation('a file is shorter than was offered');
        if (sink !== null) await this.#startCommit(entry, sink);
      }
    }
  }

  /**
   * Completes what was begun, and does what `eof` leaves to do.
   * @throws TransferError `incomplete`, those of the sink
   */
  async finish(): Promise<void> {
    const { offered, sink, skip, onBytes, onFileDone } = this.#context;
    await Promise.all(this.#committing);
    for (const entry of await offered.settle(sink, skip)) {
      onBytes(entry.sizeBytes!);
      onFileDone(entry);
    }
    await sink.finish();
  }

  /** Closes what is open; parts stay where `keep` is set. */
  async abandon(keep: boolean): Promise<void> {
    await Promise.all(this.#committing);
    await Promise.all([...this.#sinks].map((sink) => sink.abandon(keep)));
  }

  async #begin(header: FileHeader): Promise<OpenFile> {
    const { offered, sink: folder, skip, onBytes } = this.#context;
    const { entry, existing } = offered.begin(header);
    if (skip.has(entry.index)) return { entry, sink: null, writtenTo: header.appendFrom };
    const isContinued = header.appendFrom > 0 && existing !== null;
    const sink = isContinued ? await existing.adopt() : await folder.openFile(entry);
    this.#sinks.add(sink);
    onBytes(header.appendFrom);
    return { entry, sink, writtenTo: header.appendFrom };
  }

  async #write(file: OpenFile, content: Uint8Array): Promise<void> {
    const end = file.writtenTo + content.length;
    if (end > file.entry.sizeBytes!) throw violation('a file is longer than was offered');
    await file.sink?.write(file.writtenTo, content);
    file.writtenTo = end;
    if (file.sink !== null) this.#context.onBytes(content.length);
  }

  /** Waits for a place among the commits, not for the commit: the next file arrives meanwhile. */
  async #startCommit(entry: ManifestEntry, sink: ByteSink): Promise<void> {
    await this.#commits.enter();
    const committing = sink
      .commit(expectedContent(entry))
      .then(() => {
        this.#sinks.delete(sink);
        this.#context.onFileDone(entry);
      })
      .catch((error: unknown) => this.#context.onFailed(error))
      .finally(() => {
        this.#commits.leave();
        this.#committing.delete(committing);
      });
    this.#committing.add(committing);
  }
}
