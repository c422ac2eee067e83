// Runs one session of a sender: performs the effects of its state machine and feeds what happens back to it.
import { deriveTransferSecret, deriveVerifier } from '../crypto/derive-keys.ts';
import { webBulkCrypto } from '../crypto/web-bulk-crypto.ts';
import { type Bytes, equalBytes } from '../foundation/bytes.ts';
import { ERROR_TABLE } from '../foundation/error-table.ts';
import { invariant, TransferError, wireCode } from '../foundation/errors.ts';
import type { BulkCrypto } from '../ports/bulk-crypto.ts';
import type { SourceEntry } from '../ports/byte-source.ts';
import { LazyZstd } from '../ports/zstd.ts';
import { CreditWindow } from '../stream/credit-window.ts';
import { DigestTable } from '../stream/digest-table.ts';
import { HaveTable } from '../stream/have-table.ts';
import { meetAnew } from '../stream/meet-anew.ts';
import type { RelayAccess } from '../stream/meet-relay.ts';
import { SealedLane } from '../stream/sealed-lane.ts';
import { sendContent } from '../stream/send-content.ts';
import { TransferLanes } from '../stream/transfer-lanes.ts';
import { DEFAULT_WORDS, wordAt } from '../wire/code.ts';
import { type ControlMessage, encodeControlMessage } from '../wire/control-message.ts';
import { violation } from '../wire/fields.ts';
import { MAX_ENTRIES } from '../wire/limits.ts';
import { countContent, manifestPages } from '../wire/manifest.ts';
import { encodeRecord, type Record } from '../wire/record.ts';
import { CodeMeeting } from './code-meeting.ts';
import type { FailedFile } from './events.ts';
import { MachineRunner, only } from './machine-runner.ts';
import { DEFAULT_PATIENCE_MS, type EnginePorts, type SendOptions } from './options.ts';
import { asTransferError, closeLanes, connectionEvent, Throttle } from './run.ts';
import { senderEventOf } from './sender-events.ts';
import { type SenderEffect, type SenderEvent, type SenderState, stepSender } from './sender-machine.ts';
import type { LaterStart, SessionOutcome } from './session.ts';
import { SkippedEntries } from './skipped-entries.ts';

const PROGRESS_INTERVAL_MS = 100;

/** The first session begins by a code. */
export type SenderStart = { by: 'code' } | LaterStart;

/** What is known once the other end has accepted. */
interface Delivery {
  credit: CreditWindow;
  digests: DigestTable;
  totalBytes: number | null;
  /** What lay at the receiver already. */
  keptBytes: number;
}

export class SenderRun {
  readonly #ports: EnginePorts;
  readonly #options: SendOptions;
  readonly #access: RelayAccess;
  readonly #bulk: BulkCrypto;
  readonly #ending = new AbortController();
  readonly #progress: Throttle;
  readonly #machine: MachineRunner<SenderState, SenderEvent, SenderEffect>;
  readonly #meeting: CodeMeeting;
  readonly #failed: FailedFile[] = [];
  #lanes: TransferLanes | null = null;
  readonly #start: SenderStart;
  #connection: SealedLane | null = null;
  #nextConnection: SealedLane | null = null;
  #verifier: Promise<number[]> | null = null;
  #transferSecret: Bytes | null = null;
  #entries: SourceEntry[] | null = null;
  #skipped = new SkippedEntries(0);
  #have: HaveTable | null = null;
  #delivery: Delivery | null = null;

  constructor(ports: EnginePorts, options: SendOptions, start: SenderStart) {
    this.#ports = ports;
    this.#start = start;
    this.#options = options;
    this.#bulk = ports.bulk ?? webBulkCrypto;
    const { signal } = this.#ending;
    this.#access = { ...ports, bulk: this.#bulk, relayUrl: options.relayUrl, signal };
    this.#progress = new Throttle(ports.clock, PROGRESS_INTERVAL_MS);
    const { code, words = DEFAULT_WORDS, lanes = 1 } = options;
    this.#meeting = new CodeMeeting(this.#access, { code, words, lanes });
    const initial: SenderState =
      start.by === 'code' ? { name: 'allocating', burnedCodes: 0 } : { name: 'rejoining' };
    this.#machine = new MachineRunner<SenderState, SenderEvent, SenderEffect>(
      initial,
      stepSender,
      (effect, event) => this.#effects[effect](event),
    );
  }

  /** Errors: any TransferError. */
  async run(): Promise<SessionOutcome> {
    const { signal, entries } = this.#options;
    // A scan that fails while nobody has joined ends the wait.
    entries.catch((error: unknown) => this.#machine.fail(error));
    const interrupt = () => this.#machine.fail(new TransferError('interrupted'));
    signal.addEventListener('abort', interrupt, { once: true });
    this.#machine.start(() => this.#begin());
    if (signal.aborted) interrupt();
    try {
      await this.#machine.ended;
    } finally {
      signal.removeEventListener('abort', interrupt);
      await this.#stop();
    }
    const { state } = this.#machine;
    if (state.name === 'failed') throw state.error;
    if (state.name === 'restarted') {
      const [transferSecret, connection] = [this.#transferSecret!, this.#nextConnection!];
      return { name: 'restarted', start: { by: 'connection', transferSecret, connection } };
    }
    invariant(this.#delivery !== null, 'done without a delivery');
    const { digests } = this.#delivery;
    return { name: 'done', result: { files: digests.files, bytes: digests.bytes, failed: this.#failed } };
  }

  /** What comes before an offer, by how the session begins. */
  async #begin(): Promise<void> {
    const start = this.#start;
    if (start.by === 'code') return this.#allocate();
    this.#transferSecret = start.transferSecret;
    if (start.by === 'connection') this.#connection = start.connection;
    else this.#connection = await meetAnew(this.#access, 'sender', start.transferSecret, this.#patienceMs);
    this.#machine.dispatch({ type: 'rejoined' });
  }

  get #patienceMs(): number {
    return this.#options.patienceMs ?? DEFAULT_PATIENCE_MS;
  }

  async #stop(): Promise<void> {
    this.#ending.abort();
    this.#delivery?.credit.close(new TransferError('interrupted'));
    if (this.#lanes !== null) await closeLanes(this.#lanes.lanes, this.#ports.clock);
    else await this.#meeting.close();
  }

  readonly #effects: {
    [Effect in SenderEffect]: (event: SenderEvent) => Promise<void>;
  } = {
    allocate: () => this.#allocate(),
    'await joiner': () => this.#awaitJoiner(),
    'wait again': async () => {
      this.#options.onEvent({ type: 'left' });
      await this.#meeting.waitAgain();
      await this.#awaitJoiner();
    },
    'shake hands': async () => {
      try {
        const { sessionKey } = await this.#meeting.shakeHands();
        this.#transferSecret = await deriveTransferSecret(sessionKey);
        this.#connection = await SealedLane.create(this.#meeting.socket!, 'sender', sessionKey, this.#bulk);
        this.#verifier = deriveVerifier(sessionKey);
      } catch (error) {
        const isGuess = asTransferError(error).code === 'wrong-code';
        const retry = this.#meeting.canDrawAnother;
        this.#machine.dispatch(isGuess ? { type: 'guessed-wrong', retry } : { type: 'joiner-left' });
        return;
      }
      this.#machine.dispatch({ type: 'proved' });
    },
    'burn code': async () => {
      this.#meeting.release();
      this.#options.onEvent({ type: 'code-burned' });
    },
    'release nameplate': async () => this.#meeting.release(),
    offer: async () => {
      this.#lanes = new TransferLanes(this.#connection!, {
        access: this.#access,
        role: 'sender',
        transferSecret: this.#transferSecret!,
        patienceMs: this.#patienceMs,
        onRecord: (record, isFirst) =>
          this.#machine.dispatch(isFirst ? this.#eventOf(record) : { type: 'foreign' }),
        onConnected: (isConnected) => this.#options.onEvent(connectionEvent(isConnected)),
        onRestarted: (next) => {
          this.#nextConnection = next;
          this.#machine.dispatch({ type: 'restarted' });
        },
        onEnd: (error) => this.#machine.fail(error),
      });
      const verifier = await this.#verifier;
      if (verifier !== null) this.#options.onEvent({ type: 'verifier', words: verifier.map(wordAt) });
      const entries = await this.#options.entries;
      if (entries.length === 0) throw new TransferError('nothing-to-send');
      if (entries.length > MAX_ENTRIES) throw new TransferError('limit-exceeded');
      for (const page of manifestPages(entries)) await this.#say({ type: 'manifest', entries: page });
      this.#skipped = new SkippedEntries(entries.length);
      this.#have = new HaveTable(entries.map(({ kind, sizeBytes }) => (kind === 'file' ? sizeBytes : null)));
      this.#entries = entries;
      this.#options.onEvent({ type: 'offer', ...countContent(entries) });
      await this.#say({ type: 'manifest-end', entries: entries.length });
    },
    'note skipped': async (event) => {
      for (const range of only(event, 'skip').ranges) this.#skipped.add(range);
    },
    'note existing': async (event) => {
      const { record } = only(event, 'have');
      if (this.#have === null) throw violation('an offer was answered before it was made');
      this.#have.note(record.body);
    },
    'send content': async (event) => {
      const { limit, lanes } = only(event, 'accept');
      const entries = this.#entries;
      if (entries === null) throw violation('an offer was accepted before it was made');
      const wanted = entries
        .map((entry, index) => ({ index, entry }))
        .filter(({ index, entry }) => entry.kind !== 'folder' && !this.#skipped.has(index));
      const count = countContent(wanted.map(({ entry }) => entry));
      const credit = new CreditWindow(limit);
      const digests = new DigestTable(entries.length);
      const delivery = { credit, digests, totalBytes: count.unsized ? null : count.bytes, keptBytes: 0 };
      this.#delivery = delivery;
      this.#options.onResumable?.(this.#transferSecret!);
      this.#options.onEvent({ type: 'accepted', ...count });
      this.#machine.start(() => this.#openLanes(lanes));
      const records = await sendContent(wanted, {
        lanes: this.#lanes!.pool,
        credit,
        compress: this.#options.compress ?? 'auto',
        zstd: new LazyZstd(this.#ports.loadZstd),
        bulk: this.#bulk,
        have: this.#have!,
        onKept: (bytes) => {
          delivery.keptBytes += bytes;
        },
        onDigest: (final) => digests.set(final.fileIndex, final.sizeBytes, final.digest),
        onFailed: (index, error) => this.#dropFile(index, error),
      });
      this.#machine.dispatch({ type: 'content-sent', records });
    },
    'note ack': async (event) => {
      const { credit, totalBytes, keptBytes } = this.#delivery!;
      const { files, durable, limit } = only(event, 'ack');
      credit.acknowledge(durable, limit);
      const bytes = durable + keptBytes;
      const progress = { type: 'progress', bytes, totalBytes, filesDone: files } as const;
      this.#progress.pass(() => this.#options.onEvent(progress), bytes === totalBytes);
    },
    'tell pause': async (event) => {
      if (event.type !== 'paused') this.#options.onEvent({ type: 'continued' });
      else this.#options.onEvent({ ...event, message: ERROR_TABLE[event.code].sentence });
    },
    'send end': (event) => this.#say({ type: 'end', records: only(event, 'content-sent').records }),
    'check receipt': async (event) => {
      const { digests } = this.#delivery!;
      const receipt = only(event, 'receipt');
      const isRight =
        receipt.files === digests.files &&
        receipt.bytes === digests.bytes &&
        equalBytes(receipt.digest, digests.receiptDigest());
      this.#machine.dispatch(
        isRight ? { type: 'receipt-right' } : { type: 'failed', error: new TransferError('digest-mismatch') },
      );
    },
    'send bye': () => this.#say({ type: 'bye' }),
    'send abort': () => {
      const { state } = this.#machine;
      invariant(state.name === 'failed', 'an abort has a reason');
      return this.#say({ type: 'abort', code: wireCode(state.error.code, 'cancelled'), file: null });
    },
    // The connections are closed when the run ends, after what is queued.
    close: async () => {},
  };

  async #allocate(): Promise<void> {
    const code = await this.#meeting.allocate();
    this.#options.onEvent({ type: 'code', code });
    this.#machine.dispatch({ type: 'allocated' });
  }

  async #awaitJoiner(): Promise<void> {
    await this.#meeting.awaitJoiner();
    this.#options.onEvent({ type: 'joined' });
    this.#machine.dispatch({ type: 'joined' });
  }

  #eventOf(record: Record): SenderEvent {
    return senderEventOf(record, (index) => this.#entries?.[index]?.path);
  }

  /** More lanes than one join while content flows; each takes load as soon as it is there. */
  async #openLanes(receiverLanes: number): Promise<void> {
    const count = Math.min(this.#options.lanes ?? 1, receiverLanes);
    for (let lane = 1; lane < count; lane += 1) {
      await this.#say({ type: 'open-lane', lane });
      this.#lanes!.open(lane);
    }
  }

  async #dropFile(index: number, error: TransferError): Promise<void> {
    const { path } = this.#entries![index]!;
    const code = wireCode(error.code, 'source-unreadable');
    this.#failed.push({ path, code });
    this.#options.onEvent({ type: 'file-failed', path, code });
    await this.#say({ type: 'file-failed', file: index, code });
  }

  async #say(message: ControlMessage): Promise<void> {
    await this.#lanes?.say(encodeRecord('control', encodeControlMessage(message)));
  }
}
