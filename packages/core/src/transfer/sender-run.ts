// Runs one session of a sender: performs the effects of its state machine and feeds what happens back to it.

import type { FailedFile } from '../api/events.ts';
import { DEFAULT_RECONNECT_TIMEOUT_MS, type EnginePorts } from '../api/options.ts';
import { nextTurn } from '../async/pace.ts';
import { Throttle } from '../async/throttle.ts';
import type { NumberedEntry } from '../content/read-content.ts';
import { LaneSteering, MOST_LANES } from '../flow/lane-steering.ts';
import { type Bytes, equalBytes } from '../foundation/bytes.ts';
import { ERROR_TABLE, type ErrorCode } from '../foundation/error-table.ts';
import { TransferError, wireCode } from '../foundation/errors.ts';
import { invariant } from '../foundation/invariant.ts';
import type { MeetingAccess } from '../link/connect-lane.ts';
import type { MetSession } from '../link/met-session.ts';
import type { SealedConnection } from '../link/sealed-connection.ts';
import { TransferLanes } from '../link/transfer-lanes.ts';
import { NO_STRANGERS } from '../machine/code-strangers.ts';
import { MachineRunner, only } from '../machine/machine-runner.ts';
import { leavingOut, senderEventOf } from '../machine/sender-events.ts';
import {
  type SenderEffect,
  type SenderEvent,
  type SenderState,
  stepSender,
} from '../machine/sender-machine.ts';
import { CodeMeeting } from '../meeting/code-meeting.ts';
import { offerEvent } from '../offer/offer-event.ts';
import { sendManifestPages } from '../offer/send-manifest.ts';
import { SenderOffer } from '../offer/sender-offer.ts';
import type { BulkCrypto } from '../ports/bulk-crypto.ts';
import { LazyZstd } from '../ports/zstd.ts';
import { DEFAULT_WORDS } from '../wire/code.ts';
import { type ControlMessage, encodeControlMessage } from '../wire/control-message.ts';
import { violation } from '../wire/fields.ts';
import { countContent } from '../wire/manifest.ts';
import { encodeRecord, type Record } from '../wire/record.ts';
import { Delivery } from './delivery.ts';
import { sendAccepted } from './send-accepted.ts';
import {
  connectionEvent,
  meetingAccess,
  meetLater,
  outcomeOf,
  type PassOptions,
  type SenderStart,
  type SessionOutcome,
} from './session.ts';

/** One session of a sender: performs the effects of its state machine. */
export class SenderRun {
  readonly #ports: EnginePorts;
  readonly #options: PassOptions;
  readonly #access: MeetingAccess;
  readonly #bulk: BulkCrypto;
  readonly #ending = new AbortController();
  readonly #progress: Throttle;
  readonly #reconnectTimeoutMs: number;
  readonly #machine: MachineRunner<SenderState, SenderEvent, SenderEffect>;
  readonly #meeting: CodeMeeting;
  readonly #failed: FailedFile[] = [];
  /** Files that changed while they were sent, and can be looked at again. */
  readonly #changed = new Set<number>();
  #lanes: TransferLanes | null = null;
  readonly #start: SenderStart;
  #met: MetSession | null = null;
  #nextConnection: SealedConnection | null = null;
  #offer: SenderOffer | null = null;
  #offeredVersion: unknown = null;
  #delivery: Delivery | null = null;
  /** What earlier sessions delivered. */
  #delivered: readonly NumberedEntry[] = [];
  #steering: LaneSteering | null = null;

  constructor(ports: EnginePorts, options: PassOptions, start: SenderStart) {
    this.#ports = ports;
    this.#start = start;
    this.#options = options;
    this.#reconnectTimeoutMs = options.reconnectTimeoutMs ?? DEFAULT_RECONNECT_TIMEOUT_MS;
    this.#access = meetingAccess(ports, options.relayUrl, this.#ending.signal);
    this.#bulk = this.#access.bulk;
    this.#progress = new Throttle(ports.clock);
    const { code, words = DEFAULT_WORDS, lanes = MOST_LANES } = options;
    this.#meeting = new CodeMeeting(this.#access, { code, words, lanes });
    const initial: SenderState =
      start.by === 'code' ? { name: 'allocating', strangers: NO_STRANGERS } : { name: 'resuming' };
    this.#machine = new MachineRunner<SenderState, SenderEvent, SenderEffect>(
      initial,
      stepSender,
      (effect, event) => this.#effects[effect](event),
    );
  }

  /** Errors: any TransferError. */
  async run(): Promise<SessionOutcome> {
    const { signal, offered } = this.#options;
    offered.attend(
      () => this.#revise(),
      // A scan that fails while nobody has joined ends the wait.
      (error) => this.#machine.fail(error),
    );
    const end = await this.#machine.run(
      () => this.#begin(),
      () => this.#stop(),
      signal,
    );
    return outcomeOf(end, this.#met!.transferSecret, this.#nextConnection, () => {
      const totals = this.#delivery!.totalsWith(this.#delivered, this.#options.sentSizes);
      return { result: { ...totals, failed: this.#failed }, left: this.#changed };
    });
  }

  /** What comes before an offer, by how the session begins. */
  async #begin(): Promise<void> {
    const start = this.#start;
    if (start.by === 'code') return this.#allocate();
    this.#met = await meetLater(this.#access, 'sender', start, this.#reconnectTimeoutMs);
    this.#machine.dispatch({ type: 'resumed' });
  }

  async #stop(): Promise<void> {
    this.#ending.abort();
    this.#delivery?.credit.close(new TransferError('interrupted'));
    if (this.#lanes !== null) await this.#lanes.close();
    else await this.#meeting.close();
  }

  readonly #effects: { [Effect in SenderEffect]: (event: SenderEvent) => Promise<void> } = {
    allocate: () => this.#allocate(),
    'await joiner': () => this.#awaitJoiner(),
    'wait again': async (event) => {
      this.#options.onEvent({ type: 'left', code: only(event, 'joiner-left').code });
      await this.#meeting.leaveJoiner();
      await this.#awaitJoiner();
    },
    'shake hands': async () => {
      const proof = await this.#meeting.prove();
      if (proof.type === 'proved') this.#met = proof.met;
      this.#machine.dispatch(proof);
    },
    'burn code': async () => {
      this.#meeting.release();
      this.#options.onEvent({ type: 'code-burned' });
    },
    'release nameplate': async () => this.#meeting.release(),
    offer: async () => {
      if (this.#lanes === null) await this.#open();
      this.#offer = null;
      const entries = await this.#options.offered.latest();
      this.#offeredVersion = this.#options.offered.version;
      const { clock } = this.#ports;
      const { signal } = this.#ending;
      const offer = new SenderOffer(entries, {
        bulk: this.#bulk,
        signal,
        pause: () => nextTurn(clock),
      });
      this.#offer = offer;
      const event = await offerEvent(entries, clock);
      if (!(await sendManifestPages(entries, { lanes: this.#lanes!, clock, signal }))) return;
      this.#options.onEvent(event);
      offer.isMade = true;
      const said = this.#say({ type: 'manifest-end', entries: entries.length });
      if (this.#isOutdated) this.#revise();
      await said;
    },
    withdraw: () => this.#say({ type: 'withdraw' }),
    'note skipped': async (event) => this.#offered().leaveOut(leavingOut(event), this.#start.by === 'code'),
    'note compared': async (event) => this.#offered().comparison.want(only(event, 'compare').files),
    'send content': async (event) => {
      const { limit, lanes, pin } = only(event, 'accept');
      const offer = this.#offered();
      const wanted = offer.wanted();
      const count = countContent(wanted.map(({ entry }) => entry));
      const delivery = new Delivery(limit, offer.entries.length, count);
      this.#delivery = delivery;
      this.#delivered = offer.delivered();
      const isOutdated = this.#isOutdated;
      if (!equalBytes(pin, await offer.pin)) throw violation('another offer was accepted than was made');
      this.#options.offered.fix(Promise.resolve(offer.entries));
      this.#options.onResumable?.(this.#met!.transferSecret, offer.entries);
      this.#options.onEvent({ type: 'accepted', ...count, ...(isOutdated && { isOutdated }) });
      // In a session for files that changed, the others are left out because they are there.
      const leftOut = this.#options.isAgain ? null : offer.leftOut();
      if (leftOut !== null) this.#options.onEvent({ type: 'left-out', ...leftOut });
      for (const { index, code } of offer.refusals) this.#noteFailed(offer.entries[index]!.path, code);
      const path = { credit: delivery.credit, clock: this.#ports.clock, lanes: this.#lanes!.pool };
      this.#steering = new LaneSteering(this.#options.lanes, lanes, {
        ...path,
        contentBytes: count.unsized ? Number.POSITIVE_INFINITY : count.bytes,
        open: (lane) => this.#machine.start(() => this.#openLane(lane)),
      });
      const tell = (body: Bytes) => this.#lanes!.say(encodeRecord('ahead', body));
      this.#machine.start(() => offer.comparison.run(tell));
      const records = await sendAccepted(wanted, offer, delivery, {
        ...path,
        steering: this.#steering,
        zstd: new LazyZstd(this.#ports.loadZstd),
        bulk: this.#bulk,
        options: this.#options,
        onFailed: (index, error) => this.#dropFile(index, error),
      });
      this.#machine.dispatch({ type: 'content-sent', records });
    },
    'note ack': async (event) => {
      const ack = only(event, 'ack');
      const progress = this.#delivery!.progressOf(ack);
      if (this.#machine.state.name === 'sending') this.#steering!.noteAck();
      for (const index of this.#delivery!.filesDone(ack)) this.#options.onEvent({ type: 'file-done', index });
      this.#progress.pass(() => this.#options.onEvent(progress), progress.bytes === progress.totalBytes);
    },
    'tell pause': async (event) => {
      if (event.type !== 'paused') this.#options.onEvent({ type: 'continued' });
      else this.#options.onEvent({ ...event, message: ERROR_TABLE[event.code].sentence });
    },
    'send end': (event) => this.#say({ type: 'end', records: only(event, 'content-sent').records }),
    'check receipt': async (event) => {
      const isRight = this.#delivery!.isConfirmedBy(only(event, 'receipt'));
      const files = this.#options.isLastPass ? 0 : this.#changed.size;
      if (!isRight) throw new TransferError('digest-mismatch');
      this.#machine.dispatch(files === 0 ? { type: 'receipt-right' } : { type: 'receipt-partial', files });
    },
    'send bye': () => this.#say({ type: 'bye' }),
    'send again': (event) => this.#say({ type: 'again', files: only(event, 'receipt-partial').files }),
    'send abort': () => {
      const { state } = this.#machine;
      invariant(state.name === 'failed', 'an abort has a reason');
      return this.#say({ type: 'abort', code: wireCode(state.error.code, 'cancelled'), file: null });
    },
    close: async () => {}, // when the run ends, after what is queued
  };

  async #allocate(): Promise<void> {
    const { state } = this.#machine;
    const burnedCodes = state.name === 'allocating' ? state.strangers.burnedCodes : 0;
    const code = await this.#meeting.allocate(burnedCodes);
    this.#options.onEvent({ type: 'code', code });
    this.#machine.dispatch({ type: 'allocated' });
  }

  async #awaitJoiner(): Promise<void> {
    await this.#meeting.awaitJoiner();
    this.#options.onEvent({ type: 'joined' });
    this.#machine.dispatch({ type: 'joined' });
  }

  async #open(): Promise<void> {
    const { connection, session, transferSecret, verifier } = this.#met!;
    this.#lanes = new TransferLanes(connection, session, {
      access: this.#access,
      role: 'sender',
      transferSecret,
      reconnectTimeoutMs: this.#reconnectTimeoutMs,
      onRecord: (record, isFirst) => this.#take(record, isFirst),
      onConnected: (isConnected) => this.#options.onEvent(connectionEvent(isConnected)),
      onRestarted: (next) => {
        this.#nextConnection = next;
        this.#machine.dispatch({ type: 'restarted' });
      },
      onEnd: (error) => this.#machine.fail(error),
    });
    if (verifier !== null) this.#options.onEvent({ type: 'verifier', words: verifier });
  }

  /** Answers about chunks go straight to the comparison, control messages to the machine. */
  #take({ kind, body }: Record, isFirstLane: boolean): void {
    // What still arrives after the end changes nothing.
    if (this.#machine.isOver) return;
    try {
      if (!isFirstLane || (kind !== 'control' && kind !== 'keep'))
        throw violation('a record that only a sender sends, or on another lane than the first');
      if (kind === 'keep') {
        this.#compared().answer(body);
        return;
      }
      const event = senderEventOf(body, (index) => this.#offer?.entries[index]?.path);
      if (event !== null) this.#machine.dispatch(event);
    } catch (error) {
      this.#machine.fail(error);
    }
  }

  #compared(): SenderOffer['comparison'] {
    if (this.#delivery === null) throw violation('chunks were kept before the offer was accepted');
    return this.#offered().comparison;
  }

  /** Whether the offer was changed since it was made. */
  get #isOutdated(): boolean {
    return this.#offeredVersion !== this.#options.offered.version;
  }

  /** What is offered has changed. An offer that isn't made yet takes it in; after the last, the person is told at `accept`. */
  #revise(): void {
    const isMade = this.#offer?.isMade && this.#machine.state.name === 'offering';
    if (isMade && this.#options.offered.mayOfferAgain) this.#machine.dispatch({ type: 'revised' });
  }

  /** Errors: `protocol-violation` when the other end answers what hasn't been offered. */
  #offered(): SenderOffer {
    if (!this.#offer?.isMade) throw violation('an offer was answered before it was made');
    return this.#offer;
  }

  async #openLane(lane: number): Promise<void> {
    await this.#say({ type: 'open-lane', lane });
    this.#lanes!.open(lane);
  }

  async #dropFile(index: number, error: TransferError): Promise<void> {
    const { path, refresh } = this.#offered().entries[index]!;
    if (error.code === 'source-changed' && refresh !== undefined) this.#changed.add(index);
    const code = wireCode(error.code, 'source-unreadable');
    this.#noteFailed(path, code);
    await this.#say({ type: 'file-failed', file: index, code });
  }

  #noteFailed(path: string, code: ErrorCode): void {
    this.#failed.push({ path, code });
    this.#options.onEvent({ type: 'file-failed', path, code });
  }

  async #say(message: ControlMessage): Promise<void> {
    await this.#lanes?.say(encodeRecord('control', encodeControlMessage(message)));
  }
}
