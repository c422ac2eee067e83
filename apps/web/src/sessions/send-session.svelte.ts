// One sending, from the first picked file to the other side's receipt, as the screen shows it.
import type { LeftOut, NameCounts, TransferEvent, TransferResult } from '@p2p-copy/core';
import type {
  ClassicTerms,
  ListedTransfer,
  Mismatch,
  SendCommand,
  SendReport,
  SendWire,
} from '../contract/messages.ts';
import { crashed, type Problem, problemOf, type StopChoice, taken } from '../format/problem.ts';
import { formatBytes } from '../format/quantities.ts';
import type { Picked } from '../gather/picked-files.ts';
import { accessToken } from './access-token.svelte.ts';
import type { EngineClient, JobHandle } from './engine-client.ts';
import { OfferList } from './offer-list.svelte.ts';
import { PersonStop } from './person-stop.ts';
import { TransferFlow } from './transfer-flow.svelte.ts';
import { TransferProgress } from './transfer-progress.svelte.ts';

/** What became of the code, or of who opened it last. */
export type Notice = 'burned' | 'left' | 'other-version' | null;

export type SendState =
  /** Classic: the code is known, and whoever comes first waits for the other. */
  | { name: 'calling' }
  | { name: 'connecting'; notice: Notice }
  | { name: 'offered'; code: string; notice: Notice }
  | { name: 'meeting'; code: string }
  | { name: 'waiting'; words: string[] }
  /** Resumed, where the browser gave no handles: the same files are to be chosen again. */
  | { name: 'choosing'; mismatch: Mismatch | null }
  /** The server wants an access token, or another one. */
  | { name: 'token'; problem: Problem }
  /** Resumed: the other side is sought. */
  | { name: 'resuming' }
  | { name: 'sending'; words: string[]; progress: TransferProgress; isStopping: boolean }
  | { name: 'done'; result: TransferResult }
  | { name: 'failed'; problem: Problem };

/** States in which nobody has accepted. */
const OPEN: ReadonlySet<SendState['name']> = new Set(['connecting', 'offered', 'meeting', 'waiting']);

/** Until something is started. */
const nothing: JobHandle<SendCommand> = { tell() {}, close() {} };

export class SendSession {
  state = $state.raw<SendState>({ name: 'connecting', notice: null });
  /** What was agreed on with a person who has the Python tool; null for version 2. */
  readonly classic: ClassicTerms | null;
  offer = $state.raw(this.#newOffer());
  /** The offer was changed after the other side had accepted it, and went as it was. */
  isChangeLate = $state(false);

  /** What the names of the offer tell, once it is made. */
  names = $state.raw<NameCounts | null>(null);
  /** Files that the other side doesn't want. */
  leftOut = $state.raw<LeftOut | null>(null);

  readonly flow = new TransferFlow();
  /** Whether it could be gone on with if this tab were closed. */
  isResumable = $state(false);

  readonly #engine: EngineClient;
  readonly #wire: SendWire;
  readonly #stop = new PersonStop();
  #tellEnd = () => {};
  readonly #ended = new Promise<void>((resolve) => {
    this.#tellEnd = resolve;
  });
  readonly #listed: ListedTransfer | null;
  #job: JobHandle<SendCommand> = nothing;

  /** @param picked null for what is chosen again later, or found without the person: `listed` names it */
  constructor(
    engine: EngineClient,
    picked: Picked | null,
    wire: SendWire = { wire: 'version-two' },
    listed: ListedTransfer | null = null,
  ) {
    this.classic = wire.wire === 'classic' ? { code: wire.code, encrypt: wire.encrypt } : null;
    this.#engine = engine;
    this.#wire = wire;
    this.#listed = listed;
    if (this.classic !== null) this.state = { name: 'calling' };
    if (picked !== null) this.#start(picked);
  }

  /** Goes on with what an earlier tab began; without handles, once the same files are chosen. */
  static resume(engine: EngineClient, transfer: ListedTransfer, hasHandles: boolean): SendSession {
    const session = new SendSession(engine, null, { wire: 'resumed', transferId: transfer.id }, transfer);
    session.isResumable = true;
    session.state = { name: 'choosing', mismatch: null };
    if (hasHandles) session.#resume(null);
    return session;
  }

  /** Whether a link that is opened now would end something that runs. */
  get isTransferring(): boolean {
    return this.state.name === 'sending' || this.state.name === 'resuming';
  }

  /** Whether something ends for good with this tab. */
  get wouldEnd(): boolean {
    return this.state.name === 'sending' && !this.isResumable;
  }

  get title(): string {
    return this.#listed?.title ?? this.offer.summary.title;
  }

  /** The same, and null for a message. */
  get listedTitle(): string | null {
    return this.offer.summary.isMessage ? null : this.title;
  }

  get details(): string {
    const listed = this.#listed;
    return listed === null ? this.offer.summary.details : formatBytes(listed.totalBytes ?? listed.bytes);
  }

  /** Whether the person may still add to the offer and take from it. */
  get isOpen(): boolean {
    return this.#wire.wire === 'version-two' && OPEN.has(this.state.name);
  }

  /** More to send; or the same files, chosen again. */
  take(picked: Picked): void {
    if (this.state.name === 'choosing') this.#resume(picked);
    else if (this.isOpen) void this.offer.add(picked);
  }

  /** Keeps the access token for the server in this browser, and goes on with it. */
  enterToken(token: string): void {
    if (this.state.name !== 'token') return;
    accessToken.keep(token);
    this.state = this.#wire.wire === 'resumed' ? { name: 'resuming' } : { name: 'connecting', notice: null };
    this.#job.tell({ type: 'access-token', token });
  }

  /** Stops what runs. */
  stop(stop: StopChoice): void {
    if (this.state.name !== 'sending') return;
    this.#stop.ask(this.#job, stop);
    this.state = { ...this.state, isStopping: true };
  }

  /** The screen is left for good. */
  async close(): Promise<void> {
    this.flow.close();
    const isResumed = this.#wire.wire === 'resumed' && this.state.name === 'token';
    if (this.state.name === 'sending') return this.stop(this.isResumable ? 'keep' : 'end');
    if (this.state.name !== 'resuming' && !isResumed) {
      this.#job.tell({ type: 'stop', stop: null });
      // Nothing runs yet, so there is no ending to wait for.
      return this.#job.close();
    }
    this.#job.tell({ type: 'leave' });
    // Until then it counts as taken.
    await this.#ended;
  }

  #newOffer(): OfferList {
    return new OfferList((command) => this.#job.tell(command));
  }

  #resume(picked: Picked | null): void {
    // What was chosen before, and was not the same, is no part of it.
    this.offer = this.#newOffer();
    this.state = { name: 'resuming' };
    this.#start(picked);
  }

  #start(picked: Picked | null): void {
    this.#job = this.#engine.send(this.#wire, (report) => this.#onReport(report));
    if (picked === null) this.#job.tell({ type: 'items-stored' });
    else void this.offer.add(picked);
  }

  #onReport(report: SendReport): void {
    switch (report.type) {
      case 'event':
        this.#onEvent(report.event);
        return;
      case 'done':
        this.#end({ name: 'done', result: report.result });
        return;
      case 'files-done':
        this.offer.noteDone(report.tops);
        return;
      case 'resumable':
        this.isResumable = report.isResumable;
        return;
      case 'token-wanted':
        this.state = { name: 'token', problem: problemOf(report.error, 'send') };
        return;
      case 'mismatch':
        this.#end({ name: 'choosing', mismatch: report.mismatch });
        return;
      case 'taken':
        this.#end({ name: 'failed', problem: taken() });
        return;
      case 'failed': {
        const { isResumable, state } = this;
        const ended = { wire: this.#wire.wire, hasBegun: state.name === 'sending', isResumable };
        const problem = this.#stop.problemOf(report.error, { side: 'send', ...ended });
        this.#end({ name: 'failed', problem });
        return;
      }
      case 'crashed':
        this.#end({ name: 'failed', problem: crashed() });
    }
  }

  #end(state: SendState): void {
    this.state = state;
    this.flow.close();
    this.#job.close();
    this.#tellEnd();
  }

  #onEvent(event: TransferEvent): void {
    const { state } = this;
    if (this.flow.take(event)) {
      if (state.name === 'sending') state.progress.rest();
      return;
    }
    switch (event.type) {
      case 'code': {
        const notice = state.name === 'connecting' ? state.notice : null;
        this.state = {
          name: 'offered',
          code: event.code,
          notice,
        };
        return;
      }
      case 'code-burned':
        this.state = { name: 'connecting', notice: 'burned' };
        return;
      case 'joined':
        if (state.name === 'offered') this.state = { name: 'meeting', code: state.code };
        return;
      case 'left':
        if (state.name === 'meeting') {
          const notice = event.code === 'peer-version' ? 'other-version' : 'left';
          this.state = { ...state, name: 'offered', notice };
        }
        return;
      case 'verifier':
        this.state = { name: 'waiting', words: event.words };
        return;
      case 'accepted': {
        if (state.name === 'sending') {
          state.progress.restart(event.files, event.unsized ? null : event.bytes);
          return;
        }
        const words = state.name === 'waiting' ? state.words : [];
        this.isChangeLate = event.isOutdated ?? false;
        // A classic sender never hears which files are done.
        const files = this.classic === null ? event.files : null;
        const progress = new TransferProgress(files, event.unsized ? null : event.bytes);
        this.state = { name: 'sending', words, progress, isStopping: false };
        return;
      }
      case 'progress':
        if (state.name === 'sending') state.progress.update(event);
        return;
      // Told at the end, with the result.
      case 'file-failed':
      case 'file-done':
      case 'offer-withdrawn':
        return;
      case 'offer':
        this.names = event.names ?? null;
        return;
      case 'left-out':
        this.leftOut = { files: event.files, paths: event.paths };
        return;
      // The flow's.
      case 'comparing':
      case 'paused':
      case 'continued':
      case 'reconnecting':
      case 'reconnected':
        return;
    }
  }
}
