// FolderSink into a download that the browser writes while the files arrive: one file as it is, several as one .zip without
// compression, in the order in which they are opened. What has left can't be taken back, so it serves one session, and
// whatever breaks that makes the download fail. It ends well only in `finish`, when every file is verified.
import {
  type ByteSink,
  type FolderSettings,
  type FolderSink,
  type ManifestEntry,
  TransferError,
} from '@p2p-copy/core';
import type { DownloadChannels } from '../../contract/messages.ts';
import { piecesOf } from '../folders/write-to-handle.ts';
import { makeZip, type ZipEntry } from '../zip/make-zip.ts';
import { DownloadPipe } from './download-pipe.ts';
import { ReorderBuffer } from './reorder-buffer.ts';

/** A folder has no content. */
interface Opened extends Omit<ZipEntry, 'content'> {
  sizeBytes: number | null;
  content: ReorderBuffer | null;
}

export class DownloadSink implements FolderSink {
  readonly #isZip: boolean;
  readonly #pipe: DownloadPipe;
  readonly #opened: ReadableStream<Opened>;
  #queue!: ReadableStreamDefaultController<Opened>;
  readonly #piped: Promise<void>;
  /** Those that are not whole yet. */
  readonly #contents = new Set<ReorderBuffer>();
  #failure: { error: unknown } | null = null;
  #wholeFiles = 0;
  #isFinished = false;

  constructor(context: DownloadChannels, isZip: boolean) {
    this.#isZip = isZip;
    this.#pipe = new DownloadPipe(context, (error) => this.#fail(error));
    this.#opened = new ReadableStream({
      start: (controller) => {
        this.#queue = controller;
      },
    });
    const bytes = isZip ? makeZip(zipEntries(this.#opened)) : contentOf(this.#opened);
    this.#piped = this.#pump(bytes).catch((error: unknown) => this.#fail(error));
  }

  async makeFolder(path: string, settings: FolderSettings = { modifiedMs: null }): Promise<void> {
    this.#expectOpen();
    this.#queue.enqueue({ ...settings, path, sizeBytes: null, content: null });
  }

  async openFile(entry: ManifestEntry): Promise<ByteSink> {
    this.#expectOpen();
    const content = new ReorderBuffer();
    this.#contents.add(content);
    this.#queue.enqueue({ ...entry, content });
    return {
      write: (offset, bytes) => content.put(offset, bytes),
      flush: async () => {},
      commit: async () => {
        this.#contents.delete(content);
        content.end();
        this.#wholeFiles += 1;
      },
      abandon: async () => {
        this.#contents.delete(content);
        if (!content.drop())
          this.#fail(new TransferError('sink-failed', `“${entry.path}” cannot be downloaded again.`));
      },
    };
  }

  async finish(): Promise<void> {
    this.#expectOpen();
    // The sender could not deliver the one file: that is no download that ends well.
    if (!this.#isZip && this.#wholeFiles === 0) return;
    this.#queue.close();
    await this.#piped;
    if (this.#failure !== null) throw this.#failure.error;
    await this.#pipe.end();
    this.#isFinished = true;
  }

  stop(): void {
    this.#fail(new TransferError('sink-failed', 'A download cannot be continued.'));
  }

  #expectOpen(): void {
    if (this.#failure !== null) throw this.#failure.error;
    if (this.#isFinished) throw new TransferError('sink-failed', 'The download has ended already.');
  }

  async #pump(pieces: AsyncIterable<Uint8Array>): Promise<void> {
    for await (const piece of pieces) await this.#pipe.write(piece);
  }

  #fail(error: unknown): void {
    if (this.#isFinished || this.#failure !== null) return;
    this.#failure = { error };
    this.#pipe.fail(error);
    for (const content of this.#contents) content.fail(error);
    this.#contents.clear();
    this.#queue.error(error);
  }
}

async function* contentOf(opened: ReadableStream<Opened>): AsyncGenerator<Uint8Array> {
  for await (const { content } of piecesOf(opened)) {
    if (content !== null && (await content.ready())) yield* content.read();
  }
}

async function* zipEntries(opened: ReadableStream<Opened>): AsyncGenerator<ZipEntry> {
  for await (const { content, sizeBytes, ...entry } of piecesOf(opened)) {
    if (content === null) yield { ...entry, content };
    else if (await content.ready()) yield { ...entry, content: { sizeBytes, pieces: content.read() } };
  }
}
