// The receiver's pipeline: data records are checked, decompressed, hashed and written; files are committed when they
// are whole and right. Memory is bounded by the window that was granted.

import { statedContentSize } from '../compression/zstd-frame.ts';
import { CompareExisting } from '../delta/compare-existing.ts';
import type { Bytes } from '../foundation/bytes.ts';
import { TransferError } from '../foundation/errors.ts';
import { hasContent } from '../ports/entry.ts';
import { type DataBody, parseDataBody } from '../wire/data-record.ts';
import { type FinalDigest, parseDigestsBody } from '../wire/digests-record.ts';
import { violation } from '../wire/fields.ts';
import { MIN_COMPARED_BYTES } from '../wire/limits.ts';
import type { Manifest } from '../wire/manifest.ts';
import type { Record } from '../wire/record.ts';
import { DigestTable } from './digest-table.ts';
import { FilesUnderWay } from './files-under-way.ts';
import { IncomingFile, type IncomingFileContext } from './incoming-file.ts';
import { OpenSinks } from './open-sinks.ts';
import type { ReceiveContext } from './receive-context.ts';
import { UnsavedFiles } from './unsaved-files.ts';

/** Files open only because chunks of them are kept, at most: places must be left for those whose content comes. */
const MAX_OPEN_FOR_KEPT = 8;

type FileState = 'due' | 'done' | 'failed' | 'unsaved' | 'not wanted';

/**
 * Takes the data plane’s records of one session: checks them against the manifest and the granted limit, and hands
 * each slice to its file.
 */
export class ContentReceiver {
  readonly #manifest: Manifest;
  readonly #context: ReceiveContext;
  readonly #fileContext: IncomingFileContext;
  readonly #open = new FilesUnderWay();
  readonly #states: FileState[];
  readonly #sinks: OpenSinks;
  readonly #settling = new Set<Promise<void>>();
  readonly #comparing: CompareExisting;
  readonly #openForKept = new Set<number>();
  readonly #unsaved: UnsavedFiles;
  readonly digests: DigestTable;
  #dueFiles: number;
  #records = 0;
  #expectedRecords: number | null = null;
  #stopped = false;

  constructor(manifest: Manifest, skip: ReadonlySet<number>, context: ReceiveContext) {
    this.#manifest = manifest;
    this.#context = context;
    this.#states = manifest.entries.map(({ kind, index }) =>
      !hasContent(kind) || skip.has(index) ? 'not wanted' : 'due',
    );
    this.#dueFiles = this.#states.filter((state) => state === 'due').length;
    this.digests = new DigestTable(manifest.entries.length);
    this.#sinks = new OpenSinks(context);
    this.#unsaved = new UnsavedFiles(context.sink.finishWithout !== undefined);
    const { clock, bulk, meter } = context;
    this.#comparing = new CompareExisting(context.compared, {
      ...context,
      onKept: (index, chunkIndex, chunk) => this.#keep(index, chunkIndex, chunk),
    });
    this.#fileContext = {
      clock,
      bulk,
      openSink: (entry) => this.#sinks.open(entry),
      onKept: (bytes) => meter.kept(bytes),
      onWritten: (bytes) => meter.written(bytes),
      onDurable: (bytes) => meter.durable(bytes),
    };
  }

  /**
   * Takes a record of the data plane, which isn't a control message; a promise where it has to be waited for before
   * the next one, since too many files are under way.
   * @throws TransferError as those below
   */
  take({ kind, body, zstd, zeros = false }: Record): Promise<void> | undefined {
    if (kind === 'data') this.#takeData(body, zstd, zeros);
    else if (kind === 'digests') this.#takeFinals(body);
    else if (kind === 'ahead') this.#comparing.tell(body);
    else throw violation('a record that only a receiver sends');
    return this.#open.room;
  }

  /**
   * Takes the body of a data record.
   * @throws TransferError `protocol-violation`; what happens later goes to `onFailed`
   */
  #takeData(body: Bytes, isZstd: boolean, isZeros: boolean): void {
    const { zstd, meter } = this.#context;
    if (isZstd && zstd === null) throw violation('a compressed payload that was not wanted');
    const parsed = parseDataBody(body, isZeros);
    if (!meter.receive(parsed.payloadBytes)) throw violation('more was sent than granted');
    const payloadBytes = isZstd ? statedContentSize(parsed.payload) : parsed.payload.length;
    if (payloadBytes !== parsed.payloadBytes) throw violation('a payload is not as long as its slices');
    this.#countRecord();
    const files = parsed.slices.map((slice) => {
      const file = this.#fileFor(slice.fileIndex);
      file?.accept(slice);
      if (file?.entry.sizeBytes === null) this.#context.countUnsized(slice.length);
      return file;
    });
    this.#run(() => this.#write(parsed, isZstd, files));
  }

  /** Compares what lies here, now that the sender knows of which files. */
  compare(): void {
    if (this.#context.compared.size > 0) this.#run(() => this.#comparing.run());
  }

  /**
   * Takes the body of a digests record.
   * @throws TransferError `protocol-violation`
   */
  #takeFinals(body: Bytes): void {
    this.#countRecord();
    for (const final of parseDigestsBody(body)) {
      const file = this.#fileFor(final.fileIndex);
      if (file === null) continue;
      file.acceptFinal(final);
      if (file.isComplete) this.#run(() => this.#commitIfComplete(file));
    }
  }

  /**
   * The sender can't deliver this file now.
   * @param isChanged whether it may come again: then its part stays, to be compared
   * @returns false where this end couldn't save it either, which has been told
   * @throws TransferError `protocol-violation`
   */
  fileFailed(index: number, isChanged = false): boolean {
    if (this.#states[index] === 'unsaved' && this.#unsaved.isFirstFailure(index)) return false;
    if (this.#states[index] !== 'due') throw violation('a file failed that was not due');
    this.#states[index] = 'failed';
    this.#comparing.drop(index);
    const file = this.#open.get(index);
    this.#run(async () => {
      await file?.abandon(isChanged && (file.entry.sizeBytes ?? 0) >= MIN_COMPARED_BYTES);
      this.#settle(index);
    });
    return true;
  }

  /** The sender has sent all; `records` is the number of its data and digests records. */
  end(records: number): void {
    if (this.#expectedRecords !== null || this.#records > records) throw violation('the end does not fit');
    this.#expectedRecords = records;
    this.#run(async () => {});
  }

  /** Indices of what the sender couldn't deliver. */
  get failedFiles(): ReadonlySet<number> {
    return new Set(this.#states.flatMap((state, index) => (state === 'failed' ? [index] : [])));
  }

  /** Stops and closes all files; their parts stay. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#comparing.stop();
    this.#open.end();
    this.#sinks.stop();
    this.#context.sink.stop?.();
    await Promise.all(this.#settling);
    await Promise.all(this.#open.all.map((file) => file.abandon(true)));
  }

  async #write({ slices, payload, payloadBytes }: DataBody, isZstd: boolean, files: (IncomingFile | null)[]) {
    const content = isZstd ? await this.#decompress(payload, payloadBytes) : payload;
    let at = 0;
    const writes = slices.map(async (slice, i) => {
      const bytes = content.subarray(at, at + slice.length) as Bytes;
      at += slice.length;
      const file = files[i]!;
      if (file === null || this.#states[slice.fileIndex] !== 'due') {
        if (this.#states[slice.fileIndex] === 'unsaved') this.#unsaved.letGo(slice.length);
        this.#context.meter.written(slice.length);
        return;
      }
      try {
        await file.write(slice, bytes);
      } catch (error) {
        await this.#letGo(file, error);
        this.#unsaved.letGo(slice.length);
        this.#context.meter.written(slice.length);
      }
      await this.#commitIfComplete(file);
    });
    await Promise.all(writes);
    this.#context.bulk.release?.(payload);
  }

  async #decompress(frame: Bytes, sizeBytes: number): Promise<Uint8Array> {
    const zstd = await this.#context.zstd!.get();
    const content = await zstd.decompress(frame, sizeBytes).catch(() => null);
    if (content?.length !== sizeBytes) throw violation('a payload does not decompress');
    return content;
  }

  async #keep(index: number, chunkIndex: number, chunk: Bytes): Promise<void> {
    const file = this.#fileFor(index);
    if (file === null) return;
    const isWanted = this.#comparing.of(index)!.isTaken && this.#openForKept.size < MAX_OPEN_FOR_KEPT;
    const mayOpen = isWanted && !file.isOpen;
    if (mayOpen) this.#openForKept.add(index);
    await file.keep(chunkIndex, chunk, mayOpen).catch((error: unknown) => this.#letGo(file, error));
    await this.#commitIfComplete(file);
  }

  async #commitIfComplete(file: IncomingFile): Promise<void> {
    const { index } = file.entry;
    if (!file.isComplete || this.#states[index] !== 'due') return;
    this.#states[index] = 'done';
    let final: FinalDigest;
    try {
      final = await file.commit();
    } catch (error) {
      const isWrong = error instanceof TransferError && error.code === 'digest-mismatch';
      if (isWrong) await file.abandon(false);
      return this.#letGo(file, error);
    }
    this.digests.set(index, final.sizeBytes, final.digest);
    this.#settle(index);
    this.#context.meter.fileDone(file.entry.index);
    this.#context.onFileDone(file.entry, final.sizeBytes);
  }

  /**
   * This end can't save that file; the others go on.
   * @throws Error `error`, where that isn't all that it says
   */
  async #letGo(file: IncomingFile, error: unknown): Promise<void> {
    const { index } = file.entry;
    // A file that the sender can't deliver has ended already.
    if (this.#states[index] === 'unsaved' || this.#states[index] === 'failed') return;
    const refusal = this.#unsaved.add(error, file.undurableBytes);
    this.#states[index] = 'unsaved';
    this.#context.onUnsaved(file.entry, refusal);
    await file.abandon(true);
    this.#settle(index);
  }

  #settle(index: number): void {
    this.#open.delete(index);
    this.#openForKept.delete(index);
    this.#sinks.leave(index);
    this.#dueFiles -= 1;
    // The session ends with what couldn't be saved: what the sender still tells is of no use.
    if (this.#dueFiles === 0 && this.#unsaved.failure !== null) this.#comparing.stop();
  }

  /** The file a slice or digest is for; null when the sender has been told or has said that it's void. */
  #fileFor(index: number): IncomingFile | null {
    const entry = this.#manifest.entries[index];
    const state = this.#states[index];
    if (entry === undefined || state === 'not wanted' || state === 'done')
      throw violation('content for a file not due');
    if (state === 'failed' || state === 'unsaved') return null;
    const open = this.#open.get(index);
    if (open !== undefined) return open;
    return this.#open.add(new IncomingFile(entry, this.#comparing.of(index), this.#fileContext));
  }

  #countRecord(): void {
    if (this.#records === this.#expectedRecords) throw violation('a record after the last');
    this.#records += 1;
  }

  #run(task: () => Promise<void>): void {
    if (this.#stopped) return;
    const running = task()
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        this.#settling.delete(running);
        this.#completeIfDone();
      });
    this.#settling.add(running);
  }

  #fail(error: unknown): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#comparing.stop();
    this.#open.end();
    this.#context.onFailed(error);
  }

  #completeIfDone(): void {
    if (this.#stopped || this.#settling.size > 0) return;
    const { failure } = this.#unsaved;
    const isOver = failure !== null && this.#dueFiles === 0;
    if (!isOver && this.#records !== this.#expectedRecords) return;
    if (this.#dueFiles > 0) {
      this.#fail(violation('the sender ended before every file was sent'));
      return;
    }
    this.#stopped = true;
    this.#context.onComplete(failure);
  }
}
