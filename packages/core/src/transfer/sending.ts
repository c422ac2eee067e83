// The phase in which a sender's accepted offer is delivered: content goes out, acks come in, and the receipt is compared.

import type { FailedFile } from '../api/events.ts';
import { withDeadline } from '../async/deadline.ts';
import { Throttle } from '../async/throttle.ts';
import type { NumberedEntry } from '../content/read-content.ts';
import { LaneSteering } from '../flow/lane-steering.ts';
import { PathTrial } from '../flow/path-trial.ts';
import { QuicTrial } from '../flow/quic-trial.ts';
import { WebrtcTrial } from '../flow/webrtc-trial.ts';
import { type Bytes, equalBytes } from '../foundation/bytes.ts';
import type { Clock } from '../foundation/clock.ts';
import type { ErrorCode } from '../foundation/error-table.ts';
import { TransferError, wireCode } from '../foundation/errors.ts';
import { DirectLanes } from '../lanes/direct-lanes.ts';
import type { OfferedToReceiver } from '../machine/sender-events.ts';
import type { SenderEvent } from '../machine/sender-machine.ts';
import type { SenderOffer } from '../offer/sender-offer.ts';
import type { BulkCrypto } from '../ports/bulk-crypto.ts';
import type { LanePurpose } from '../ports/path.ts';
import type { LazyZstd } from '../ports/zstd.ts';
import type { ControlMessage } from '../wire/control-message.ts';
import { violation } from '../wire/fields.ts';
import { ZEROS } from '../wire/greeting.ts';
import { type ContentCount, countContent } from '../wire/manifest.ts';
import { Delivery } from './delivery.ts';
import type { OpenedSession } from './opened-session.ts';
import { sendAccepted } from './send-accepted.ts';
import { type PassOptions, type SessionResult, unconfirmed } from './session.ts';

/** Content of this size waits until the other end is told of an answer over WebRTC, but not longer than this. */
const ANSWER_FIRST_BYTES = 8 * 1024 * 1024;
const ANSWER_FIRST_MS = 750;
/** Where TCP or QUIC may connect both ends, content doesn't wait, but little of it is on the way until then, for at most this long. */
const ANSWER_SOON_MS = 2_000;

/** What sending needs of its session, and whom it tells. */
export interface SendingContext {
  options: PassOptions;
  clock: Clock;
  bulk: BulkCrypto;
  /** Null where it can't be had so far: then content goes raw. */
  zstd(): LazyZstd | null;
  /** Aborted when the session ends. */
  signal: AbortSignal;
  /** Runs a task whose failure is the session's. */
  start(task: () => Promise<void>): void;
}

/** The delivery of one accepted offer. */
export class Sending implements OfferedToReceiver<{ offering: unknown; sending: never }> {
  readonly session: OpenedSession;
  readonly #offer: SenderOffer;
  readonly #isOutdated: boolean;
  readonly #accept: ControlMessage & { type: 'accept' };
  readonly #context: SendingContext;
  readonly #wanted: NumberedEntry[];
  readonly #count: ContentCount;
  readonly #delivery: Delivery;
  /** What earlier sessions delivered. */
  readonly #delivered: readonly NumberedEntry[];
  readonly #progress: Throttle;
  readonly #failed: FailedFile[] = [];
  /** Files that changed while they were sent, and can be looked at again. */
  readonly #changed = new Set<number>();
  #isAcknowledged = false;
  /** While content is sent. */
  #steering: LaneSteering | null = null;
  #trial: PathTrial | null = null;
  #quicTrial: QuicTrial | null = null;
  #webrtcTrial: WebrtcTrial | null = null;

  /**
   * @param isOutdated whether the entries have changed since they were offered
   * @throws TransferError `protocol-violation`
   */
  constructor(
    session: OpenedSession,
    { offer, isOutdated }: { offer: SenderOffer; isOutdated: boolean },
    accept: ControlMessage & { type: 'accept' },
    context: SendingContext,
  ) {
    this.session = session;
    this.#offer = offer;
    this.#isOutdated = isOutdated;
    this.#accept = accept;
    this.#context = context;
    this.#wanted = offer.wanted();
    this.#count = countContent(this.#wanted.map(({ entry }) => entry));
    const delivery = new Delivery(accept.limit, offer.entries.length, this.#count);
    this.#delivery = delivery;
    this.#delivered = offer.delivered();
    this.#progress = new Throttle(context.clock);
    const interrupt = () => delivery.credit.close(new TransferError('interrupted'));
    context.signal.addEventListener('abort', interrupt, { once: true });
  }

  /**
   * Sends all that is wanted; the number of data and digests records.
   * @throws TransferError any
   */
  async send(): Promise<number> {
    const offer = this.#offer;
    const { options, clock, bulk, zstd, signal, start } = this.#context;
    if (!equalBytes(this.#accept.pin, await offer.pin))
      throw violation('another offer was accepted than was made');
    options.offered.fix(Promise.resolve(offer.entries));
    options.onEvent({ type: 'accepted', ...this.#count, ...(this.#isOutdated && { isOutdated: true }) });
    // In a session for files that changed, the others are left out because they are there.
    const leftOut = options.isAgain ? null : offer.leftOut();
    if (leftOut !== null) options.onEvent({ type: 'left-out', ...leftOut });
    for (const { index, code } of offer.refusals) this.#noteFailed(offer.entries[index]!.path, code);
    const { lanes } = this.session;
    const path = { credit: this.#delivery.credit, clock, lanes: lanes.pool };
    const contentBytes = this.#count.unsized ? Number.POSITIVE_INFINITY : this.#count.bytes;
    const steering = new LaneSteering(options.lanes, this.#accept.lanes, {
      ...path,
      contentBytes,
      open: (lane, purpose) => start(() => this.#openLane(lane, purpose)),
    });
    this.#steering = steering;
    this.#trial = new PathTrial(path);
    const quicTrial = new QuicTrial({
      ...path,
      contentBytes,
      hasBothKinds: () => this.session.direct?.hasBothKinds ?? false,
      open: (kind) => steering.openOneMore(kind),
      leaveQuic: () => lanes.leaveQuic(),
    });
    this.#quicTrial = quicTrial;
    const webrtcTrial = new WebrtcTrial({
      ...path,
      isSteady: () => steering.isSteady && !quicTrial.isUnderWay,
      leaveWebrtc: () => lanes.leaveWebrtc(),
      seekRelay: () => lanes.seekRelay(),
    });
    this.#webrtcTrial = webrtcTrial;
    const endTrials = () => {
      quicTrial.end();
      webrtcTrial.end();
    };
    signal.addEventListener('abort', endTrials, { once: true });
    // After the content no lane is opened any more.
    const isLarge = contentBytes >= ANSWER_FIRST_BYTES;
    const isWebrtcAlone = this.session.direct?.isWebrtcAlone ?? false;
    // Behind content the answer over WebRTC comes late where the relay is slow, and browsers give up a connection by then.
    const noteSaid = isLarge && !isWebrtcAlone ? this.#holdForAnswer() : undefined;
    const direct = this.#directLanes(() => this.#steering?.openOneMore('direct'), noteSaid);
    const reached = this.session.startDirect(direct ?? undefined);
    start(() => reached);
    if (isLarge && isWebrtcAlone)
      await withDeadline(
        reached.catch(() => {}),
        ANSWER_FIRST_MS,
        clock,
      );
    start(() => offer.comparison.run((body) => this.session.sayRecord('ahead', body)));
    const records = await sendAccepted(this.#wanted, offer, this.#delivery, {
      ...path,
      steering,
      zstd: this.#accept.raw ? null : zstd(),
      bulk,
      signal: this.#context.signal,
      leavesOutZeros: this.session.features.includes(ZEROS),
      options,
      onFailed: (index, error) => this.#dropFile(index, error),
    });
    this.#steering = null;
    this.#trial = null;
    quicTrial.finish();
    this.#quicTrial = null;
    webrtcTrial.end();
    return records;
  }

  /**
   * Takes which of the told chunks the receiver keeps.
   * @throws TransferError `protocol-violation`
   */
  keep(keepBody: Bytes): void {
    this.#offer.comparison.answer(keepBody);
  }

  /** @throws TransferError `protocol-violation` */
  noteAck(ack: ControlMessage & { type: 'ack' }): void {
    const { onEvent } = this.#context.options;
    const progress = this.#delivery.progressOf(ack);
    const { hasWebrtc, takesWebrtc } = this.session.lanes.pool;
    const isOtherTried = this.#steering?.isUnderWay || this.#trial?.isUnderWay;
    this.#quicTrial?.noteAck(isOtherTried ?? false);
    const isQuicTried = this.#quicTrial?.isUnderWay ?? false;
    // What WebRTC carries says nothing of the relay's lanes.
    if (!isQuicTried && !(hasWebrtc && takesWebrtc)) this.#steering?.noteAck();
    if (!isQuicTried && !hasWebrtc) this.#trial?.noteAck();
    this.#webrtcTrial?.noteAck();
    for (const index of this.#delivery.filesDone(ack)) onEvent({ type: 'file-done', index });
    this.#noteAcknowledged(ack.files);
    this.#progress.pass(() => onEvent(progress), progress.bytes === progress.totalBytes);
  }

  /**
   * Whether the receipt is for all that was sent, and whether files are left to be sent again. Notes that all was received.
   * @throws TransferError `digest-mismatch`
   */
  async check(
    receipt: ControlMessage & { type: 'receipt' },
  ): Promise<SenderEvent & { type: `receipt-${string}` }> {
    if (!this.#delivery.isConfirmedBy(receipt)) throw new TransferError('digest-mismatch');
    const files = this.#context.options.isLastPass ? 0 : this.#changed.size;
    if (files > 0) return { type: 'receipt-partial', files };
    if (this.#failed.length === 0) await this.#context.options.noteEnd?.('receipt');
    return { type: 'receipt-right' };
  }

  /** Why the session can't go on: where all was acknowledged, only the confirmation is missing. */
  failureOf(error: unknown): unknown {
    return this.#isAcknowledged ? unconfirmed(error) : error;
  }

  /** What was delivered, and which files changed meanwhile. */
  get result(): SessionResult {
    const totals = this.#delivery.totalsWith(this.#delivered, this.#context.options.sentSizes);
    return { result: { ...totals, failed: this.#failed }, left: this.#changed };
  }

  pathOf(index: number): string | undefined {
    return this.#offer.entries[index]?.path;
  }

  accept(): never {
    throw new TransferError('protocol-violation');
  }

  #noteAcknowledged(files: number): void {
    if (this.#isAcknowledged || files !== this.#count.files || this.#failed.length > 0) return;
    this.#isAcknowledged = true;
    this.#context.start(async () => this.#context.options.noteEnd?.('acknowledged'));
  }

  /** Lets little content be on the way until the returned function is called, or ANSWER_SOON_MS have passed. */
  #holdForAnswer(): (() => void) | undefined {
    if (!this.session.direct?.rtc?.isAgreed) return undefined;
    const { clock, signal } = this.#context;
    const release = this.#delivery.credit.hold();
    const cancel = clock.after(ANSWER_SOON_MS, release);
    signal.addEventListener('abort', cancel, { once: true });
    return () => {
      cancel();
      release();
    };
  }

  /** @param open opens the next lane. @param noteSaid told once all is said that may lead to WebRTC */
  #directLanes(open: () => void, noteSaid?: () => void): DirectLanes | null {
    const { lanes, direct: ways } = this.session;
    if (ways === null) return null;
    const { clock, signal, start } = this.#context;
    const fail = (error: TransferError) => start(() => Promise.reject(error));
    const direct = new DirectLanes({ ways, lanes, clock, open, fail, ...(noteSaid && { noteSaid }) });
    signal.addEventListener('abort', () => direct.end(), { once: true });
    if (signal.aborted) direct.end();
    return direct;
  }

  async #openLane(lane: number, purpose?: LanePurpose): Promise<void> {
    const path = purpose === 'direct' ? undefined : purpose;
    await this.session.say({ type: 'open-lane', lane, ...(path && { path }) });
    this.session.lanes.open(lane, purpose);
  }

  async #dropFile(index: number, error: TransferError): Promise<void> {
    const { path, refresh } = this.#offer.entries[index]!;
    if (error.code === 'source-changed' && refresh !== undefined) this.#changed.add(index);
    const code = wireCode(error.code, 'source-unreadable');
    this.#noteFailed(path, code, error);
    await this.session.say({ type: 'file-failed', file: index, code });
  }

  #noteFailed(path: string, code: ErrorCode, cause?: TransferError): void {
    this.#failed.push({ path, code });
    this.#context.options.onEvent({ type: 'file-failed', path, code, ...(cause && { cause }) });
  }
}
