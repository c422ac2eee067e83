// The phase in which a receiver's accepted offer comes in: content is verified and made durable, and the sender is told so.

import type { FailedFile, TransferEvent } from '../api/events.ts';
import type { ReceiveOptions } from '../api/options.ts';
import { withDeadline } from '../async/deadline.ts';
import { Throttle } from '../async/throttle.ts';
import { ContentReceiver } from '../content/receive-content.ts';
import { retryingSink } from '../content/retrying-sink.ts';
import { type Ack, AckMeter } from '../flow/ack-meter.ts';
import type { Clock } from '../foundation/clock.ts';
import type { ErrorCode } from '../foundation/error-table.ts';
import type { TransferError } from '../foundation/errors.ts';
import { answersTo, CHANGED, prepareOffer } from '../offer/answer-offer.ts';
import type { AcceptedOffer } from '../offer/decision.ts';
import type { Review } from '../offer/review.ts';
import type { BulkCrypto } from '../ports/bulk-crypto.ts';
import type { LazyZstd } from '../ports/zstd.ts';
import type { ControlMessage } from '../wire/control-message.ts';
import { violation } from '../wire/fields.ts';
import { MAX_QUIC_TRIALS } from '../wire/limits.ts';
import type { Record } from '../wire/record.ts';
import { awaitBye } from './await-bye.ts';
import type { OpenedSession } from './opened-session.ts';
import { receivedSoFar } from './received-so-far.ts';
import type { SessionResult } from './session.ts';

/** How long open files may take to be closed. */
const STOP_DEADLINE_MS = 5_000;
const DEFAULT_WINDOW_BYTES = 16 * 1024 * 1024;

/** What receiving needs of its session, and whom it tells. */
export interface ReceivingContext {
  options: ReceiveOptions;
  review: Review;
  clock: Clock;
  bulk: BulkCrypto;
  /** Null where it can't be had. @throws TransferError `load-failed` where the sender can't do without */
  zstd(): Promise<LazyZstd | null>;
  reconnectTimeoutMs: number;
  mostLanes: number;
  /** Aborted when the session ends. */
  signal: AbortSignal;
  /** Runs a task whose failure is the session's. */
  start(task: () => Promise<void>): void;
  /** Told once, when every file is durable. */
  onSettled(): void;
}

/** The content of one accepted offer. */
export class Receiving {
  readonly #session: OpenedSession;
  readonly #offer: AcceptedOffer;
  readonly #context: ReceivingContext;
  readonly #meter: AckMeter;
  readonly #progress: Throttle;
  readonly #failed: FailedFile[] = [];
  /** Null until `accept` is on its way. */
  #content: ContentReceiver | null = null;
  /** Null while that isn't known. */
  #totalBytes: number | null = null;
  #cancelBye = () => {};

  constructor(session: OpenedSession, offer: AcceptedOffer, context: ReceivingContext) {
    this.#session = session;
    this.#offer = offer;
    this.#context = context;
    this.#progress = new Throttle(context.clock);
    const windowBytes = context.options.windowBytes ?? DEFAULT_WINDOW_BYTES;
    const send = (ack: Ack) => {
      context.start(() => session.say({ type: 'ack', ...ack }));
      this.#report(receivedSoFar(this.#meter, this.#totalBytes));
    };
    this.#meter = new AckMeter(windowBytes, context.clock, send, context.options.rateLimit);
  }

  /**
   * Prepares the disk, notes what is accepted, tells the sender, and compares what lies here.
   * @throws TransferError those of the sink, `load-failed`
   */
  async accept(): Promise<void> {
    const { options, review, clock, mostLanes } = this.#context;
    const { pin, refused } = this.#offer;
    const zstd = await this.#context.zstd();
    const sink = this.#sink();
    const prepared = await prepareOffer(sink, this.#offer, review.refusedChunks, clock);
    const { count, compared } = prepared;
    this.#totalBytes = count.unsized ? null : count.bytes;
    const content = this.#receiver(sink, prepared, zstd);
    this.#content = content;
    // What was accepted is noted before the sender hears of it.
    await options.onResumable?.(this.#session.transferSecret, true);
    options.onEvent({ type: 'accepted', ...count });
    for (const index of refused) this.#noteFailed(index, CHANGED);
    for (const message of answersTo(this.#offer, compared)) await this.#session.say(message);
    // Before `accept`, so that no content has gone by the relay where this end takes it directly alone.
    await this.#session.startDirect();
    const terms = { limit: this.#meter.limitBytes, lanes: mostLanes, pin };
    await this.#session.say({ type: 'accept', ...terms, ...(zstd === null && { raw: true }) });
    this.#meter.start();
    content.compare();
  }

  /** As `ContentReceiver.take`. */
  take(record: Record): Promise<void> | undefined {
    return this.#wanted.take(record);
  }

  /**
   * Seeks the sender on another lane.
   * @throws TransferError `protocol-violation`
   */
  openLane({ lane, path }: ControlMessage & { type: 'open-lane' }): void {
    const { direct } = this.#session;
    const mayTryQuic = direct?.hasBothKinds ?? false;
    // One more where a direct path is sought, and one for each time that QUIC is tried.
    const most = this.#context.mostLanes + (direct === null ? 0 : 1) + (mayTryQuic ? MAX_QUIC_TRIALS : 0);
    if (lane >= most || (path !== undefined && !mayTryQuic)) throw violation('a lane that was not wanted');
    this.#session.lanes.open(lane, path);
  }

  /**
   * The sender can't deliver that file.
   * @throws TransferError `protocol-violation`
   */
  dropFile({ file, code }: ControlMessage & { type: 'file-failed' }): void {
    if (this.#wanted.fileFailed(file, code === 'source-changed')) this.#noteFailed(file, code);
  }

  /**
   * The sender has sent all, in that many data and digests records.
   * @throws TransferError `protocol-violation`
   */
  end(records: number): void {
    this.#wanted.end(records);
  }

  /** Tells the sender that all is durable. @param onSilent called when it doesn't answer in time */
  async sendReceipt(onSilent: () => void): Promise<void> {
    this.#meter.flush();
    const { digests } = this.#wanted;
    const { files, bytes } = digests;
    // Who is killed from here on finds that everything is there.
    if (this.#failed.length === 0) await this.#context.options.noteEnd?.('receipt');
    await this.#session.say({ type: 'receipt', files, bytes, digest: digests.receiptDigest() });
    this.#cancelBye = awaitBye(this.#context.clock, () => this.#session.lanes.isConnected, onSilent);
  }

  /** What was delivered, and what the sender couldn't deliver. */
  get result(): SessionResult {
    const { digests, failedFiles: left } = this.#wanted;
    return {
      result: { ...this.#context.review.totalsWith(this.#offer, digests), failed: this.#failed },
      left,
    };
  }

  /** Closes all files; their parts stay. A sink that hangs doesn't hold up the end. */
  async stop(): Promise<void> {
    this.#cancelBye();
    this.#meter.stop();
    if (this.#content !== null)
      await withDeadline(this.#content.stop(), STOP_DEADLINE_MS, this.#context.clock);
  }

  /**
   * Where content goes.
   * @throws TransferError `protocol-violation` before `accept` is on its way
   */
  get #wanted(): ContentReceiver {
    if (this.#content === null) throw violation('content before it was accepted');
    return this.#content;
  }

  #sink(): AcceptedOffer['sink'] {
    const { clock, reconnectTimeoutMs, signal } = this.#context;
    return retryingSink(this.#offer.sink, {
      clock,
      reconnectTimeoutMs,
      signal,
      onPaused: (error) => this.#tellPause({ type: 'paused', code: error.code }, error),
      onContinued: () => this.#tellPause({ type: 'continued' }),
    });
  }

  #receiver(
    sink: AcceptedOffer['sink'],
    { unwanted, compared }: Awaited<ReturnType<typeof prepareOffer>>,
    zstd: LazyZstd | null,
  ): ContentReceiver {
    const { options, review, clock, bulk, start, onSettled } = this.#context;
    const { manifest, appIndexOf } = this.#offer;
    return new ContentReceiver(manifest, unwanted, {
      sink,
      compared,
      refused: review.refusedChunks,
      answer: (body) => this.#session.sayRecord('keep', body),
      onHashed: (bytes, totalBytes) => this.#report({ type: 'comparing', bytes, totalBytes }),
      countUnsized: (bytes) => review.countUnsized(bytes),
      meter: this.#meter,
      clock,
      zstd,
      bulk,
      onText: options.onText,
      onFileDone: ({ index, path }, sizeBytes) => {
        review.noteDelivered(path, sizeBytes);
        options.onEvent({ type: 'file-done', index: appIndexOf(index) });
      },
      onUnsaved: ({ path }, error) =>
        options.onEvent({ type: 'file-failed', path, code: error.code, cause: error }),
      onFailed: (error) => start(() => Promise.reject(error)),
      // The receipt says durable: only after the folders are.
      onComplete: (failure) =>
        start(async () => {
          // What was replaced is given up only once all that was accepted is here.
          const isWhole = failure === null && this.#failed.length === 0;
          if (!isWhole && sink.finishWithout !== undefined) await sink.finishWithout();
          else if (failure === null) await sink.finish();
          if (failure !== null) throw failure;
          onSettled();
        }),
    });
  }

  #tellPause(pause: ControlMessage & { type: 'paused' | 'continued' }, error?: TransferError): void {
    const { message = '', cause } = error ?? {};
    this.#context.options.onEvent(pause.type === 'paused' ? { ...pause, message, cause } : pause);
    this.#context.start(() => this.#session.say(pause));
  }

  #noteFailed(index: number, code: ErrorCode): void {
    const { path } = this.#offer.manifest.entries[index]!;
    this.#failed.push({ path, code });
    this.#context.options.onEvent({ type: 'file-failed', path, code });
  }

  /** Tells a person how far it is, now and then, and at the end. */
  #report(event: TransferEvent & { type: 'comparing' | 'progress' }): void {
    this.#progress.pass(() => this.#context.options.onEvent(event), event.bytes === event.totalBytes);
  }
}
