// Runs the receiver: performs the effects of its state machine and feeds what happens back to it.
import { deriveTransferSecret, deriveVerifier } from '../crypto/derive-keys.ts';
import { stretchSecret } from '../crypto/stretch-secret.ts';
import { ERROR_TABLE } from '../foundation/error-table.ts';
import { invariant, TransferError, wireCode } from '../foundation/errors.ts';
import type { FolderSink } from '../ports/byte-sink.ts';
import type { ManifestEntry } from '../ports/entry.ts';
import type { RelaySocket } from '../ports/relay-socket.ts';
import { LazyZstd } from '../ports/zstd.ts';
import { AckMeter } from '../stream/ack-meter.ts';
import { shakeHandsInTime } from '../stream/connect-lane.ts';
import type { ExistingChunks } from '../stream/existing-chunks.ts';
import { findExisting } from '../stream/find-existing.ts';
import { announce, awaitReadyInTime, type RelayAccess } from '../stream/meet-relay.ts';
import { ContentReceiver } from '../stream/receive-content.ts';
import { SealedLane } from '../stream/sealed-lane.ts';
import { TransferLanes } from '../stream/transfer-lanes.ts';
import { manifestFault } from '../wire/check-manifest.ts';
import { type Code, parseCode, wordAt } from '../wire/code.ts';
import { type ControlMessage, encodeControlMessage, parseControlMessage } from '../wire/control-message.ts';
import { violation } from '../wire/fields.ts';
import { haveBodies } from '../wire/have-record.ts';
import { countContent, type Manifest, ManifestReader } from '../wire/manifest.ts';
import { encodeRecord, type Record } from '../wire/record.ts';
import { skipMessages } from '../wire/skip-ranges.ts';
import type { FailedFile, TransferResult } from './events.ts';
import { MachineRunner, only } from './machine-runner.ts';
import { DEFAULT_PATIENCE_MS, type EnginePorts, type ReceiveOptions, type ReviewAnswer } from './options.ts';
import {
  type ReceiverEffect,
  type ReceiverEvent,
  type ReceiverState,
  stepReceiver,
} from './receiver-machine.ts';
import { closeLanes, closeSocket, connectionEvent, Throttle, withDeadline } from './run.ts';

const PROGRESS_INTERVAL_MS = 100;
/** How long the sender may take to say that it has the receipt. */
const BYE_DEADLINE_MS = 10_000;
/** How long open files may take to be closed. */
const STOP_DEADLINE_MS = 5_000;
const DEFAULT_WINDOW_BYTES = 16 * 1024 * 1024;

/**
 * Joins a sender by code, has its offer reviewed, receives it, and resolves when every accepted file is verified and
 * durable. Errors: any TransferError; the promise also rejects on a bug of ours.
 */
export async function receiveFiles(ports: EnginePorts, options: ReceiveOptions): Promise<TransferResult> {
  return new ReceiverRun(ports, options, parseCode(options.code)).run();
}

class ReceiverRun {
  readonly #ports: EnginePorts;
  readonly #options: ReceiveOptions;
  readonly #code: Code;
  readonly #access: RelayAccess;
  readonly #ending = new AbortController();
  readonly #progress: Throttle;
  readonly #machine: MachineRunner<ReceiverState, ReceiverEvent, ReceiverEffect>;
  readonly #meter: AckMeter;
  readonly #reader = new ManifestReader();
  readonly #failed: FailedFile[] = [];
  #lanes: TransferLanes | null = null;
  #socket: RelaySocket | null = null;
  #manifest: Manifest | null = null;
  #content: ContentReceiver | null = null;
  #totalBytes: number | null = null;
  #cancelBye = () => {};

  constructor(ports: EnginePorts, options: ReceiveOptions, code: Code) {
    this.#ports = ports;
    this.#options = options;
    this.#code = code;
    this.#access = { ...ports, relayUrl: options.relayUrl, signal: this.#ending.signal };
    this.#progress = new Throttle(ports.clock, PROGRESS_INTERVAL_MS);
    const perform = (effect: ReceiverEffect, event: ReceiverEvent) => this.#effects[effect](event);
    this.#machine = new MachineRunner<ReceiverState, ReceiverEvent, ReceiverEffect>(
      { name: 'joining' },
      stepReceiver,
      perform,
    );
    this.#meter = new AckMeter(options.windowBytes ?? DEFAULT_WINDOW_BYTES, ports.clock, (ack) => {
      this.#machine.start(() => this.#say({ type: 'ack', ...ack }));
      this.#report();
    });
  }

  async run(): Promise<TransferResult> {
    const { signal } = this.#options;
    const interrupt = () => this.#machine.fail(new TransferError('interrupted'));
    signal.addEventListener('abort', interrupt, { once: true });
    this.#machine.start(() => this.#join());
    if (signal.aborted) interrupt();
    try {
      await this.#machine.ended;
    } finally {
      signal.removeEventListener('abort', interrupt);
      await this.#stop();
    }
    const { state } = this.#machine;
    if (state.name === 'failed') throw state.error;
    invariant(this.#content !== null, 'done without content');
    const { digests } = this.#content;
    return { files: digests.files, bytes: digests.bytes, failed: this.#failed };
  }

  async #stop(): Promise<void> {
    this.#ending.abort();
    this.#cancelBye();
    if (this.#lanes !== null) await closeLanes(this.#lanes.lanes, this.#ports.clock);
    else if (this.#socket !== null) await closeSocket(this.#socket, this.#ports.clock);
    // A sink that hangs must not hold up the end.
    if (this.#content !== null) await withDeadline(this.#content.stop(), STOP_DEADLINE_MS, this.#ports.clock);
  }

  async #join(): Promise<void> {
    const hello = { type: 'hello', role: 'receiver', key: this.#code.nameplate, token: null } as const;
    this.#socket = await announce(this.#access, hello);
    if (this.#ending.signal.aborted) this.#socket.terminate();
    await awaitReadyInTime(this.#access, this.#socket);
    this.#options.onEvent({ type: 'joined' });
    this.#machine.dispatch({ type: 'joined' });
  }

  readonly #effects: { [Effect in ReceiverEffect]: (event: ReceiverEvent) => Promise<void> } = {
    'shake hands': async () => {
      const prs = await stretchSecret(this.#code.secret);
      const inputs = { role: 'receiver', purpose: 'code', prs, lanes: this.#options.lanes ?? 1 } as const;
      const { sessionKey } = await shakeHandsInTime(this.#ports.clock, this.#socket!, inputs);
      const connection = await SealedLane.create(this.#socket!, 'receiver', sessionKey);
      const transferSecret = await deriveTransferSecret(sessionKey);
      this.#machine.dispatch({ type: 'proved' });
      this.#lanes = new TransferLanes(connection, {
        access: this.#access,
        role: 'receiver',
        transferSecret,
        patienceMs: this.#options.patienceMs ?? DEFAULT_PATIENCE_MS,
        onRecord: (record, isFirst) => this.#take(eventOf(record, isFirst)),
        onConnected: (isConnected) => this.#options.onEvent(connectionEvent(isConnected)),
        onRestarted: () => this.#loseLane(new TransferError('peer-gone')),
        onEnd: (error) => this.#loseLane(error),
      });
      const verifier = await deriveVerifier(sessionKey);
      this.#options.onEvent({ type: 'verifier', words: verifier.map(wordAt) });
    },
    'note entries': async (event) => this.#reader.add(only(event, 'manifest').entries),
    'check manifest': async (event) => {
      const manifest = this.#reader.finish(only(event, 'manifest-end').entries);
      this.#machine.dispatch(await this.#review(manifest));
    },
    'send accept': (event) => {
      const { manifest, answer } = only(event, 'accepted');
      return this.#accept(manifest, answer);
    },
    'send decline': (event) => {
      const { error, file } = only(event, 'refused');
      return this.#say({ type: 'decline', code: wireCode(error.code, 'declined'), file });
    },
    'open lane': (event) => this.#openLane(only(event, 'open-lane').lane),
    'write content': async (event) => this.#write(only(event, 'content').record),
    'drop file': async (event) => {
      const { file, code } = only(event, 'file-failed');
      this.#wanted().fileFailed(file);
      const { path } = this.#manifest!.entries[file]!;
      this.#failed.push({ path, code });
      this.#options.onEvent({ type: 'file-failed', path, code });
    },
    'note end': async (event) => this.#wanted().end(only(event, 'end').records),
    'send receipt': async () => {
      this.#meter.flush();
      const { files, bytes } = this.#content!.digests;
      await this.#say({ type: 'receipt', files, bytes, digest: this.#content!.digests.receiptDigest() });
      const silent = new TransferError('peer-silent');
      this.#cancelBye = this.#ports.clock.after(BYE_DEADLINE_MS, () => this.#loseLane(silent));
    },
    'send abort': () => {
      const { state } = this.#machine;
      invariant(state.name === 'failed', 'an abort has a reason');
      return this.#say({ type: 'abort', code: wireCode(state.error.code, 'cancelled'), file: null });
    },
    // Both happen when the run ends, after what is queued has been sent.
    'stop writing': async () => {},
    close: async () => {},
  };

  async #review(manifest: Manifest): Promise<ReceiverEvent> {
    const fault = manifestFault(manifest.entries, this.#options.nameRules);
    if (fault !== null) return { type: 'refused', error: fault.error, file: fault.index };
    const { files, bytes, unsized } = manifest;
    this.#options.onEvent({ type: 'offer', files, bytes, unsized });
    const answer = await this.#options.review(manifest);
    if (answer.accept) return { type: 'accepted', manifest, answer };
    return { type: 'refused', error: new TransferError(answer.code, answer.message), file: null };
  }

  async #accept(manifest: Manifest, { sink, skip }: ReviewAnswer & { accept: true }): Promise<void> {
    const wanted = manifest.entries.filter(({ index }) => !skip.has(index));
    for (const { kind, path } of wanted) if (kind === 'folder') await sink.makeFolder(path);
    const count = countContent(wanted);
    this.#manifest = manifest;
    this.#totalBytes = count.unsized ? null : count.bytes;
    const existing = this.#options.compare === false ? new Map() : await this.#compare(sink, wanted);
    this.#content = new ContentReceiver(manifest, skip, {
      sink,
      existing,
      meter: this.#meter,
      clock: this.#ports.clock,
      zstd: new LazyZstd(this.#ports.loadZstd),
      onText: this.#options.onText,
      onFileDone: ({ index }) => this.#options.onEvent({ type: 'file-done', index }),
      onFailed: (error) => this.#machine.fail(error),
      // The receipt says durable: only after the folders are.
      onComplete: () =>
        this.#machine.start(async () => {
          await sink.finish();
          this.#machine.dispatch({ type: 'settled' });
        }),
    });
    this.#options.onEvent({ type: 'accepted', ...count });
    for (const message of skipMessages(skip)) await this.#say(message);
    const runs = [...existing].map(([fileIndex, { digests }]) => ({ fileIndex, firstChunk: 0, digests }));
    for (const body of haveBodies(runs)) await this.#lanes!.say(encodeRecord('have', body));
    await this.#say({ type: 'accept', limit: this.#meter.limitBytes, lanes: this.#options.lanes ?? 1 });
  }

  #compare(sink: FolderSink, wanted: readonly ManifestEntry[]): Promise<Map<number, ExistingChunks>> {
    let hashedBytes = 0;
    return findExisting(sink, wanted, (bytes, totalBytes) => {
      hashedBytes += bytes;
      const event = { type: 'comparing', bytes: hashedBytes, totalBytes } as const;
      this.#progress.pass(() => this.#options.onEvent(event), hashedBytes === totalBytes);
    });
  }

  #write({ kind, body, zstd }: Record): void {
    if (kind === 'data') this.#wanted().data(body, zstd);
    else if (kind === 'digests') this.#wanted().finals(body);
    else if (kind === 'keep') this.#wanted().keep(body);
    else throw violation('a record that only a receiver sends');
  }

  /** Where content goes, once `accept` is on its way. */
  #wanted(): ContentReceiver {
    if (this.#content === null) throw violation('content before it was accepted');
    return this.#content;
  }

  /** Takes what came, and holds up the next record while too many files are under way. */
  #take(event: ReceiverEvent): Promise<void> | undefined {
    this.#machine.dispatch(event);
    return this.#content?.room();
  }

  async #openLane(lane: number): Promise<void> {
    if (lane >= (this.#options.lanes ?? 1)) throw violation('a lane that was not wanted');
    this.#lanes!.open(lane);
  }

  #loseLane(error: unknown): void {
    if (!(error instanceof TransferError) || ERROR_TABLE[error.code].wire !== null) this.#machine.fail(error);
    else this.#machine.dispatch({ type: 'lane-lost', error });
  }

  #report(): void {
    const { durableBytes, keptBytes, durableFiles: filesDone } = this.#meter;
    const bytes = durableBytes + keptBytes;
    const event = { type: 'progress', bytes, totalBytes: this.#totalBytes, filesDone } as const;
    this.#progress.pass(() => this.#options.onEvent(event), bytes === this.#totalBytes);
  }

  async #say(message: ControlMessage): Promise<void> {
    await this.#lanes?.say(encodeRecord('control', encodeControlMessage(message)));
  }
}

function eventOf(record: Record, isFirstLane: boolean): ReceiverEvent {
  if (record.kind !== 'control') return { type: 'content', record };
  if (!isFirstLane) return { type: 'foreign' };
  const message = parseControlMessage(record.body);
  switch (message.type) {
    case 'manifest':
    case 'manifest-end':
    case 'open-lane':
    case 'file-failed':
    case 'end':
    case 'bye':
      return message;
    case 'abort':
      return { type: 'abort', error: new TransferError(message.code) };
    case 'skip':
    case 'accept':
    case 'decline':
    case 'ack':
    case 'receipt':
      return { type: 'foreign' };
  }
}
