// Runs one session of a receiver: performs the effects of its state machine and feeds what happens back to it.

import type { FailedFile, TransferEvent } from '../api/events.ts';
import { DEFAULT_RECONNECT_TIMEOUT_MS, type EnginePorts, type ReceiveOptions } from '../api/options.ts';
import { withDeadline } from '../async/deadline.ts';
import { nextTurn } from '../async/pace.ts';
import { Throttle } from '../async/throttle.ts';
import { ContentReceiver } from '../content/receive-content.ts';
import { retryingSink } from '../content/retrying-sink.ts';
import { AckMeter } from '../flow/ack-meter.ts';
import { MOST_LANES } from '../flow/lane-steering.ts';
import type { Bytes } from '../foundation/bytes.ts';
import type { ErrorCode } from '../foundation/error-table.ts';
import { crossesWire, TransferError, wireCode } from '../foundation/errors.ts';
import { invariant } from '../foundation/invariant.ts';
import type { MeetingAccess } from '../link/connect-lane.ts';
import type { MetSession } from '../link/met-session.ts';
import type { SealedConnection } from '../link/sealed-connection.ts';
import { TransferLanes } from '../link/transfer-lanes.ts';
import { MachineRunner, only } from '../machine/machine-runner.ts';
import { receiverEventOf } from '../machine/receiver-events.ts';
import {
  type ReceiverEffect,
  type ReceiverEvent,
  type ReceiverState,
  stepReceiver,
} from '../machine/receiver-machine.ts';
import { CodeJoining } from '../meeting/code-joining.ts';
import { answersTo, CHANGED, prepareOffer } from '../offer/answer-offer.ts';
import type { AcceptedOffer } from '../offer/decision.ts';
import { Listing } from '../offer/listing.ts';
import type { Review } from '../offer/review.ts';
import type { BulkCrypto } from '../ports/bulk-crypto.ts';
import { LazyZstd } from '../ports/zstd.ts';
import type { Code } from '../wire/code.ts';
import { type ControlMessage, encodeControlMessage } from '../wire/control-message.ts';
import { violation } from '../wire/fields.ts';
import { encodeRecord, type Record } from '../wire/record.ts';
import { awaitBye } from './await-bye.ts';
import { receivedSoFar } from './received-so-far.ts';
import {
  connectionEvent,
  meetingAccess,
  meetLater,
  outcomeOf,
  type ReceiverStart,
  type SessionOutcome,
} from './session.ts';

/** How long open files may take to be closed. */
const STOP_DEADLINE_MS = 5_000;
const DEFAULT_WINDOW_BYTES = 16 * 1024 * 1024;

/** One session of a receiver: performs the effects of its state machine. */
export class ReceiverRun {
  readonly #ports: EnginePorts;
  readonly #options: ReceiveOptions;
  readonly #start: ReceiverStart;
  readonly #review: Review;
  readonly #access: MeetingAccess;
  readonly #bulk: BulkCrypto;
  readonly #ending = new AbortController();
  readonly #progress: Throttle;
  readonly #reconnectTimeoutMs: number;
  readonly #machine: MachineRunner<ReceiverState, ReceiverEvent, ReceiverEffect>;
  readonly #meter: AckMeter;
  readonly #mostLanes: number;
  readonly #listing: Listing;
  #asking = new AbortController();
  readonly #failed: FailedFile[] = [];
  #lanes: TransferLanes | null = null;
  #joining: CodeJoining | null = null;
  #transferSecret: Bytes | null = null;
  #nextConnection: SealedConnection | null = null;
  #offer: AcceptedOffer | null = null;
  #content: ContentReceiver | null = null;
  #totalBytes: number | null = null;
  #cancelBye = () => {};

  constructor(ports: EnginePorts, options: ReceiveOptions, start: ReceiverStart, review: Review) {
    this.#ports = ports;
    this.#options = options;
    this.#reconnectTimeoutMs = options.reconnectTimeoutMs ?? DEFAULT_RECONNECT_TIMEOUT_MS;
    this.#start = start;
    this.#review = review;
    this.#listing = new Listing(options.nameRules, () => review.countOffer());
    const { relayUrl, lanes = MOST_LANES } = options;
    this.#mostLanes = lanes;
    this.#access = meetingAccess(ports, relayUrl, this.#ending.signal);
    this.#bulk = this.#access.bulk;
    this.#progress = new Throttle(ports.clock);
    this.#machine = new MachineRunner<ReceiverState, ReceiverEvent, ReceiverEffect>(
      { name: start.by === 'code' ? 'joining' : 'resuming' },
      stepReceiver,
      (effect, event) => this.#effects[effect](event),
    );
    this.#meter = new AckMeter(options.windowBytes ?? DEFAULT_WINDOW_BYTES, ports.clock, (ack) => {
      this.#machine.start(() => this.#say({ type: 'ack', ...ack }));
      this.#report(receivedSoFar(this.#meter, this.#totalBytes));
    });
  }

  /** Errors: any TransferError. */
  async run(): Promise<SessionOutcome> {
    const end = await this.#machine.run(
      () => this.#begin(),
      () => this.#stop(),
      this.#options.signal,
    );
    return outcomeOf(end, this.#transferSecret!, this.#nextConnection, () => {
      const { digests, failedFiles: left } = this.#content!;
      return { result: { ...this.#review.totalsWith(this.#offer!, digests), failed: this.#failed }, left };
    });
  }

  async #stop(): Promise<void> {
    this.#ending.abort();
    if (this.#offer === null) this.#asking.abort();
    this.#cancelBye();
    if (this.#lanes !== null) await this.#lanes.close();
    else await this.#joining?.close();
    // A sink that hangs must not hold up the end.
    if (this.#content !== null) await withDeadline(this.#content.stop(), STOP_DEADLINE_MS, this.#ports.clock);
  }

  /** What comes before an offer, by how the session begins. */
  async #begin(): Promise<void> {
    const start = this.#start;
    if (start.by === 'code') return this.#join(start.code);
    const met = await meetLater(this.#access, 'receiver', start, this.#reconnectTimeoutMs);
    this.#machine.dispatch({ type: 'resumed' });
    this.#open(met);
  }

  async #join(code: Code): Promise<void> {
    this.#joining = new CodeJoining(this.#access, {
      code,
      lanes: this.#mostLanes,
      reconnectTimeoutMs: this.#reconnectTimeoutMs,
      onConnected: (isConnected) => this.#options.onEvent(connectionEvent(isConnected)),
    });
    await this.#joining.join();
    this.#options.onEvent({ type: 'joined' });
    this.#machine.dispatch({ type: 'joined' });
  }

  #open({ connection, session, transferSecret, verifier }: MetSession): void {
    this.#transferSecret = transferSecret;
    this.#lanes = new TransferLanes(connection, session, {
      access: this.#access,
      role: 'receiver',
      transferSecret,
      reconnectTimeoutMs: this.#reconnectTimeoutMs,
      onRecord: (record, isFirst) => this.#take(record, isFirst),
      onConnected: (isConnected) => this.#options.onEvent(connectionEvent(isConnected)),
      onRestarted: (next) => {
        this.#nextConnection = next;
        this.#machine.dispatch({ type: 'restarted' });
      },
      onEnd: (error) => this.#loseLane(error),
    });
    if (verifier !== null) this.#options.onEvent({ type: 'verifier', words: verifier });
  }

  readonly #effects: { [Effect in ReceiverEffect]: (event: ReceiverEvent) => Promise<void> } = {
    'shake hands': async () => {
      const met = await this.#joining!.prove();
      this.#machine.dispatch({ type: 'proved' });
      this.#open(met);
    },
    'check entries': async (event) => {
      const refused = this.#listing.add(only(event, 'manifest').entries);
      if (refused !== null) this.#machine.dispatch(refused);
    },
    'review offer': async (event) => {
      const manifest = this.#listing.finish(only(event, 'manifest-end').entries);
      const tell = (decision: ReceiverEvent) => this.#machine.dispatch(decision);
      await this.#review.decide(manifest, this.#asking.signal, this.#ports.clock, tell);
    },
    'take back': async () => {
      this.#asking.abort();
      this.#asking = new AbortController();
      this.#options.onEvent({ type: 'offer-withdrawn' });
    },
    'send withdrawn': () => this.#say({ type: 'withdrawn' }),
    'send accept': (event) => this.#accept(only(event, 'accepted').offer),
    'send decline': (event) => {
      const { error, file } = only(event, 'refused');
      return this.#say({ type: 'decline', code: wireCode(error.code, 'declined'), file });
    },
    'open lane': async (event) => {
      const { lane } = only(event, 'open-lane');
      if (lane >= this.#mostLanes) throw violation('a lane that was not wanted');
      this.#lanes!.open(lane);
    },
    'drop file': async (event) => {
      const { file, code } = only(event, 'file-failed');
      this.#wanted().fileFailed(file);
      this.#noteFailed(file, code);
    },
    'note end': async (event) => this.#wanted().end(only(event, 'end').records),
    'send receipt': async () => {
      this.#meter.flush();
      const { files, bytes } = this.#content!.digests;
      await this.#say({ type: 'receipt', files, bytes, digest: this.#content!.digests.receiptDigest() });
      const silent = () => this.#loseLane(new TransferError('peer-silent'));
      this.#cancelBye = awaitBye(this.#ports.clock, () => this.#lanes!.isConnected, silent);
    },
    'tell again': async (event) => this.#options.onEvent(only(event, 'again')),
    'send abort': () => {
      const { state } = this.#machine;
      invariant(state.name === 'failed', 'an abort has a reason');
      return this.#say({ type: 'abort', code: wireCode(state.error.code, 'cancelled'), file: null });
    },
    // These happen when the run ends, after what is queued has been sent.
    'stop writing': async () => {},
    close: async () => {},
  };

  async #accept(offer: AcceptedOffer): Promise<void> {
    const { manifest, pin, refused } = offer;
    const sink = retryingSink(offer.sink, {
      clock: this.#ports.clock,
      reconnectTimeoutMs: this.#reconnectTimeoutMs,
      signal: this.#ending.signal,
      onPaused: ({ code, message }) => this.#tellPause({ type: 'paused', code }, message),
      onContinued: () => this.#tellPause({ type: 'continued' }),
    });
    const { refusedChunks } = this.#review;
    const { unwanted, count, compared } = await prepareOffer(sink, offer, refusedChunks, this.#ports.clock);
    this.#offer = offer;
    this.#totalBytes = count.unsized ? null : count.bytes;
    this.#content = new ContentReceiver(manifest, unwanted, {
      sink,
      compared,
      refused: refusedChunks,
      answer: (body) => this.#lanes!.say(encodeRecord('keep', body)),
      onHashed: (bytes, totalBytes) => this.#report({ type: 'comparing', bytes, totalBytes }),
      countUnsized: (bytes) => this.#review.countUnsized(bytes),
      meter: this.#meter,
      clock: this.#ports.clock,
      zstd: new LazyZstd(this.#ports.loadZstd),
      bulk: this.#bulk,
      onText: this.#options.onText,
      onFileDone: ({ index, path }, sizeBytes) => {
        this.#review.noteDelivered(path, sizeBytes);
        this.#options.onEvent({ type: 'file-done', index: offer.appIndexOf(index) });
      },
      onFailed: (error) => this.#machine.fail(error),
      // The receipt says durable: only after the folders are.
      onComplete: () =>
        this.#machine.start(async () => {
          await sink.finish();
          this.#machine.dispatch({ type: 'settled' });
        }),
    });
    // What was accepted is noted before the sender hears of it.
    await this.#options.onResumable?.(this.#transferSecret!);
    this.#options.onEvent({ type: 'accepted', ...count });
    for (const index of refused) this.#noteFailed(index, CHANGED);
    for (const message of answersTo(offer, compared)) await this.#say(message);
    await this.#say({ type: 'accept', limit: this.#meter.limitBytes, lanes: this.#mostLanes, pin });
    this.#content.compare();
  }

  #noteFailed(index: number, code: ErrorCode): void {
    const { path } = this.#offer!.manifest.entries[index]!;
    this.#failed.push({ path, code });
    this.#options.onEvent({ type: 'file-failed', path, code });
  }

  /** Where content goes, once `accept` is on its way. */
  #wanted(): ContentReceiver {
    if (this.#content === null) throw violation('content before it was accepted');
    return this.#content;
  }

  /** Content goes straight to the pipeline, which says when it takes the next record; control messages to the machine. */
  #take(record: Record, isFirstLane: boolean): Promise<void> | undefined {
    // What still arrives after the end changes nothing.
    if (this.#machine.isOver) return undefined;
    try {
      if (record.kind !== 'control') return this.#wanted().take(record);
      if (!isFirstLane) throw violation('a control message on another lane than the first');
      return this.#hear(receiverEventOf(record.body));
    } catch (error) {
      this.#machine.fail(error);
      return undefined;
    }
  }

  /** A page of a manifest holds up the next record for a turn. */
  #hear(event: ReceiverEvent | null): Promise<void> | undefined {
    if (event === null) return undefined;
    this.#machine.dispatch(event);
    return event.type === 'manifest' ? nextTurn(this.#ports.clock) : undefined;
  }

  #tellPause(pause: ControlMessage & { type: 'paused' | 'continued' }, message = ''): void {
    this.#options.onEvent(pause.type === 'paused' ? { ...pause, message } : pause);
    this.#machine.start(() => this.#say(pause));
  }

  #loseLane(error: unknown): void {
    if (!(error instanceof TransferError) || crossesWire(error.code)) this.#machine.fail(error);
    else this.#machine.dispatch({ type: 'lane-lost', error });
  }

  /** Tells a person how far it is, now and then, and at the end. */
  #report(event: TransferEvent & { type: 'comparing' | 'progress' }): void {
    this.#progress.pass(() => this.#options.onEvent(event), event.bytes === event.totalBytes);
  }

  async #say(message: ControlMessage): Promise<void> {
    await this.#lanes?.say(encodeRecord('control', encodeControlMessage(message)));
  }
}
