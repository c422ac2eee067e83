// One sending, from the first picked file to the other side's receipt, as the screen shows it.
import type { LeftOut, NameCounts } from '@p2p-copy/core';
import { accessToken } from '../client/access-token.svelte.ts';
import type { EngineClient, JobHandle } from '../client/engine-client.ts';
import { ToldItems } from '../client/told-items.ts';
import type { FailureRecord } from '../contract/browser-refusal.ts';
import type {
  ClassicTerms,
  EngineEvent,
  ListedTransfer,
  SendCommand,
  SendReport,
  SendWire,
} from '../contract/messages.ts';
import { crashed, type Problem, problemOf, type StopChoice, taken } from '../format/problem.ts';
import { formatBytes } from '../format/quantities.ts';
import type { Picked } from '../gather/picked-files.ts';
import { AnswerTimer } from '../progress/answer-timer.ts';
import { newTally, TransferFlow } from '../progress/transfer-flow.svelte.ts';
import { TransferProgress } from '../progress/transfer-progress.svelte.ts';
import { OfferList } from './offer-list.svelte.ts';
import { mayResume, PersonStop } from './person-stop.ts';
import { afterCodeEvent, maySendAgain, OPEN_STATES, type SendState } from './send-state.ts';

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
  /** What an earlier tab left of it; null for nothing. */
  readonly listed: ListedTransfer | null;
  readonly flow = new TransferFlow();
  /** Whether it could be gone on with if this tab were closed. */
  isResumable = $state(false);

  readonly #engine: EngineClient;
  #isNothingLeft = false;
  readonly #stop = new PersonStop();
  #wire: SendWire;
  #tally = newTally();
  #told = new ToldItems();
  /** Of an offer to an end that has accepted before. */
  readonly #answer = new AnswerTimer(() => this.#noteReview());
  #tellEnd = () => {};
  readonly #ended = new Promise<void>((resolve) => {
    this.#tellEnd = resolve;
  });
  #job: JobHandle<SendCommand> = nothing;
  /** Content goes no faster than that from now on; null: as fast as it can. */
  limitRate = (bytesPerSecond: number | null) => this.#job.tell({ type: 'limit-rate', bytesPerSecond });

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
    this.listed = listed;
    if (this.classic !== null) this.state = { name: 'calling' };
    if (picked !== null) this.#start(picked);
  }

  /** Goes on with what an earlier tab began; without handles, once the same files are chosen. */
  static resume(engine: EngineClient, transfer: ListedTransfer, hasHandles: boolean): SendSession {
    const session = new SendSession(engine, null, { wire: 'resumed', transferId: transfer.id }, transfer);
    session.isResumable = true;
    session.state = { name: 'choosing', mismatch: null };
    if (hasHandles || session.listed?.ended === 'receipt') session.#resume(null);
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
    return this.listed?.title ?? this.offer.summary.title;
  }

  /** The same, and null for a message. */
  get listedTitle(): string | null {
    return this.offer.summary.isMessage ? null : this.title;
  }

  get details(): string {
    const listed = this.listed;
    return listed === null ? this.offer.summary.details : formatBytes(listed.totalBytes ?? listed.bytes);
  }

  /** Whether the person may still add to the offer and take from it. */
  get isOpen(): boolean {
    return this.#wire.wire === 'version-two' && OPEN_STATES.has(this.state.name);
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

  /** Whether the same files could go with a new code. */
  get canSendAgain(): boolean {
    return this.classic === null && !this.#told.isEmpty;
  }

  /** Ends this session, and begins another one with the same files and a new code. */
  sendAgain(): void {
    if (!this.canSendAgain) return;
    if (this.state.name !== 'failed') {
      this.#job.tell({ type: 'stop', stop: null });
      this.#job.close();
    }
    this.flow.restart();
    this.#answer.stop();
    this.#tally = newTally();
    [this.isResumable, this.isChangeLate, this.#isNothingLeft] = [false, false, false];
    [this.names, this.leftOut] = [null, null];
    this.offer.forgetDone();
    [this.#wire, this.state] = [{ wire: 'version-two' }, { name: 'connecting', notice: null }];
    this.#job = this.#engine.send(this.#wire, (report) => this.#onReport(report));
    this.#told.tellAgain((command) => this.#job.tell(command));
  }

  /** The screen is left for good. */
  async close(): Promise<void> {
    this.flow.close();
    const isResumed = this.#wire.wire === 'resumed' && this.state.name === 'token';
    if (this.state.name === 'sending') return this.stop(mayResume(this) ? 'keep' : 'end');
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
    return new OfferList((command) => {
      this.#told.note(command);
      this.#job.tell(command);
    });
  }

  #resume(picked: Picked | null): void {
    // What was chosen before, and was not the same, is no part of it.
    [this.#told, this.offer] = [new ToldItems(), this.#newOffer()];
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
        this.#end({
          name: 'done',
          result: report.result,
          moved: this.listed?.ended === 'receipt' ? null : this.#tally.total,
        });
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
        this.#fail(taken());
        return;
      case 'failed':
        this.#fail(this.#problemOf(report.error), this.canSendAgain && maySendAgain(report.error));
        return;
      case 'crashed':
        this.#fail(crashed());
    }
  }

  #problemOf(error: FailureRecord): Problem {
    const { isResumable } = this;
    const { wire } = this.#wire;
    const hasBegun = this.state.name === 'sending' || wire === 'resumed';
    // The list of what can't be sent, with the reasons, stands below it.
    const { message, next } = error;
    const told = this.#isNothingLeft ? { code: 'nothing-to-send' as const, message, next } : error;
    const { outage } = this.flow;
    return this.#stop.problemOf(told, { side: 'send', wire, hasBegun, isResumable, outage });
  }

  #fail(problem: Problem, canSendAgain = false): void {
    this.#end({ name: 'failed', problem, canSendAgain });
  }

  #end(state: SendState): void {
    this.state = state;
    this.#answer.stop();
    this.flow.close();
    this.#job.close();
    this.#tellEnd();
  }

  #onEvent(event: EngineEvent): void {
    const { state } = this;
    this.#tally.note(event);
    if (this.flow.take(event)) {
      if (state.name === 'sending') state.progress.rest();
      return;
    }
    const next = afterCodeEvent(state, event);
    if (next !== null) this.state = next;
    switch (event.type) {
      case 'accepted': {
        this.#answer.stop();
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
      case 'unsendable':
        // Which it is, the list of what was chosen knows.
        this.#isNothingLeft = event.isAll;
        return;
      case 'offer':
        this.names = event.names ?? null;
        this.#answer.start();
        return;
      case 'left-out':
        this.leftOut = { files: event.files, paths: event.paths };
        return;
      // The flow's or the code's; or told at the end, with the result.
      default:
    }
  }

  /** The person at the other end is asked again. */
  #noteReview(): void {
    const { state } = this;
    if (state.name === 'resuming' || state.name === 'sending')
      this.state = { name: 'waiting', words: 'words' in state ? state.words : [] };
  }
}
