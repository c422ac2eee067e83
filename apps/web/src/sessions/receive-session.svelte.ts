// One receiving, from the code to verified files, as the screen shows it.
import type { Place } from '../capabilities/places.ts';
import type { EngineClient, JobHandle } from '../client/engine-client.ts';
import type { FailureRecord } from '../contract/browser-refusal.ts';
import type {
  AcceptTerms,
  ChangedFiles,
  ClassicTerms,
  EngineEvent,
  ListedTransfer,
  ReceiveCommand,
  ReceiveReport,
  ReceiveWire,
  SinkChoice,
} from '../contract/messages.ts';
import type { OfferSummary } from '../format/offer-summary.ts';
import { brokenDownload, crashed, type Problem, type StopChoice, taken } from '../format/problem.ts';
import { OUTAGES } from '../progress/outage.ts';
import { newTally, TransferFlow } from '../progress/transfer-flow.svelte.ts';
import { TransferProgress } from '../progress/transfer-progress.svelte.ts';
import { KeptPanel } from './kept-panel.svelte.ts';
import { listedEntries } from './listed-entries.ts';
import { type ListedOffer, listedWith } from './listed-offer.ts';
import { KeptChoice, OfferSelection } from './offer-selection.svelte.ts';
import { mayResume, PersonStop } from './person-stop.ts';
import type { ReceiveState } from './receive-state.ts';
import { ReceivedRows } from './received-rows.svelte.ts';

export class ReceiveSession {
  state = $state.raw<ReceiveState>({ name: 'connecting' });
  /** Messages received, verified. */
  texts = $state<string[]>([]);
  /** What is complete in this browser. */
  kept = $state.raw<KeptPanel | null>(null);
  /** Null where an earlier tab knows the offer. */
  rows = $state.raw<ReceivedRows | null>(null);
  title = $state('');
  place = $state<Place>('none');
  /** Whether files are wanted that changed since they were accepted: the transfer waits for the answer. */
  change = $state.raw<{ id: number; changed: ChangedFiles } | null>(null);
  readonly flow = new TransferFlow();
  /** Whether it could be gone on with if this tab were closed. */
  isResumable = $state(false);
  /** Resumed before it was accepted. */
  isReview = $state(false);
  /** Under which an offer that isn't answered is found again. */
  reviewId = $state.raw<string | null>(null);
  /** As it was entered; null where it was agreed on, or none is needed. */
  readonly code: string | null;
  /** What was agreed on with a person who has the Python tool; null for version 2. */
  readonly classic: ClassicTerms | null;
  readonly #engine: EngineClient;
  readonly #wire: ReceiveWire;
  readonly #job: JobHandle<ReceiveCommand>;
  /** An offer while its entries come. */
  #listed: ListedOffer | null = null;
  /** What was ticked in lists that were taken back. */
  readonly #choice = new KeptChoice();
  readonly #stop = new PersonStop();
  readonly #tally = newTally();
  /** Whether an earlier tab received everything. */
  #isWhole = false;
  /** Whether the person leaves what they review for later. */
  #isPutOff = false;
  #tellEnd = () => {};
  readonly #ended = new Promise<void>((resolve) => {
    this.#tellEnd = resolve;
  });
  /** Content goes no faster than that from now on; null: as fast as it can. */
  limitRate = (bytesPerSecond: number | null) => this.#job.tell({ type: 'limit-rate', bytesPerSecond });
  constructor(engine: EngineClient, wire: ReceiveWire) {
    this.code = wire.wire === 'version-two' ? wire.code : null;
    this.classic = wire.wire === 'classic' ? { code: wire.code, encrypt: wire.encrypt } : null;
    this.#engine = engine;
    if (wire.wire === 'classic') this.state = { name: 'calling' };
    if (wire.wire === 'resumed') this.state = { name: 'resuming' };
    this.#wire = wire;
    this.#job = engine.receive(wire, (report) => this.#onReport(report));
  }

  /** Goes on with what an earlier tab began. */
  static resume(engine: EngineClient, { id, kind, title, handles, ended }: ListedTransfer): ReceiveSession {
    const session = new ReceiveSession(engine, { wire: 'resumed', transferId: id });
    session.title = title;
    session.isReview = kind === 'reviewing';
    session.isResumable = true;
    if (session.isReview) return session;
    session.#isWhole = ended === 'receipt';
    session.place = handles.length > 0 ? 'folder' : 'browser';
    return session;
  }

  /** What it is called; null for a message. */
  get listedTitle(): string | null {
    return this.place === 'none' ? null : this.title;
  }

  /** Whether a link that is opened now would end something: a running transfer, or the saving of its files. */
  get isTransferring(): boolean {
    if (this.state.name === 'receiving' || (this.state.name === 'resuming' && !this.isReview)) return true;
    if (this.isUnsaved) return true;
    return this.kept !== null && this.kept.status.name !== 'deleted' && !this.kept.hasSaved;
  }

  /** Whether something ends for good with this tab. */
  get wouldEnd(): boolean {
    return (this.state.name === 'receiving' && !this.isResumable) || this.isUnsaved;
  }

  /** Whether files are in memory alone. */
  get isUnsaved(): boolean {
    return this.kept?.isUnsaved ?? false;
  }

  /** @param wanted what the person chose of the offer; `skip` are the indices of the rest */
  accept(sink: SinkChoice, wanted: OfferSummary, skip: number[], terms: AcceptTerms): void {
    if (this.state.name !== 'review') return;
    const { words, offer, pin, entries } = this.state;
    this.place = sink.kind;
    // Until the engine says so of what was accepted.
    [this.isReview, this.reviewId, this.isResumable] = [false, null, false];
    this.rows = new ReceivedRows(entries, skip);
    this.title = wanted.title;
    const progress = new TransferProgress(wanted.files + wanted.texts, wanted.unsized ? null : wanted.bytes);
    this.state = { name: 'receiving', words, progress, isStopping: false };
    const ports = sink.kind === 'download' ? [sink.data, sink.awake] : [];
    this.#job.tell({ type: 'accept', offer, sink, skip, pin, ...terms }, ports);
  }

  /** Answers the question that is shown. */
  answerChange(takes: boolean): void {
    if (this.change === null) return;
    this.#job.tell({ type: 'answer-change', id: this.change.id, takes });
    this.change = null;
  }

  decline(): void {
    this.#job.tell({ type: 'decline' });
    this.#end({ name: 'declined', isTold: this.flow.outage === null });
  }

  /** Whether the code may still be good: nothing came of it. */
  get canTryAgain(): boolean {
    return this.code !== null && (this.state.name === 'connecting' || this.state.name === 'meeting');
  }

  /** Has `close` leave it for later. */
  putOff(): void {
    this.#isPutOff = this.reviewId !== null;
  }

  /** Stops what runs. */
  stop(stop: StopChoice): void {
    if (this.state.name !== 'receiving') return;
    this.#stop.ask(this.#job, stop);
    this.state = { ...this.state, isStopping: true };
  }

  /** The screen is left for good. */
  async close(): Promise<void> {
    this.flow.close();
    if (this.state.name === 'resuming' || this.#isPutOff) {
      this.#job.tell({ type: 'leave' });
      // Until then it counts as taken.
      await this.#ended;
    } else if (this.state.name === 'receiving') this.stop(mayResume(this) ? 'keep' : 'end');
    else {
      this.#job.tell({ type: 'stop', stop: null });
      // Nothing runs yet, so there is no ending to wait for.
      this.#job.close();
    }
    await this.kept?.close();
  }

  #onReport(report: ReceiveReport): void {
    switch (report.type) {
      case 'event':
        this.#onEvent(report.event);
        return;
      case 'entries':
        this.#listed = listedWith(this.#listed, report);
        return;
      case 'review':
        this.#onReview(report);
        return;
      case 'change':
        this.change = report.question;
        return;
      case 'files-done':
        this.rows?.note(report.indices);
        return;
      case 'text':
        this.texts.push(report.text);
        return;
      case 'kept':
        this.kept = new KeptPanel(this.#engine, report.kept, this.title);
        return;
      case 'resumable':
        this.isResumable = report.isResumable;
        return;
      case 'undeleted':
        this.#stop.undeleted = report.files;
        return;
      case 'taken':
        this.#fail(taken());
        return;
      case 'review-noted':
        [this.reviewId, this.isResumable] = [report.id, true];
        return;
      case 'found-review':
        this.isReview = true;
        this.state = { name: 'resuming' };
        return;
      case 'done':
        this.#end({ name: 'done', result: report.result, moved: this.#isWhole ? null : this.#tally.total });
        return;
      case 'failed': {
        const problem = this.#problemOf(report.error);
        const canTryAgain = this.canTryAgain && OUTAGES.has(report.error.code);
        this.#fail(this.place === 'download' ? brokenDownload(problem) : problem, canTryAgain);
        return;
      }
      case 'crashed':
        this.#fail(crashed());
        return;
    }
  }

  #problemOf(error: FailureRecord): Problem {
    const { isResumable } = this;
    const { outage } = this.flow;
    const { wire } = this.#wire;
    const hasBegun = this.state.name === 'receiving' || (wire === 'resumed' && !this.isReview);
    return this.#stop.problemOf(error, { side: 'receive', wire, hasBegun, isResumable, outage });
  }

  #fail(problem: Problem, canTryAgain = false): void {
    this.#end({ name: 'failed', problem, canTryAgain });
  }

  #onReview({ type: name, ...told }: ReceiveReport & { type: 'review' }): void {
    const listed = this.#listed;
    if (listed?.offer !== told.offer) return;
    this.#listed = null;
    const words = 'words' in this.state ? this.state.words : [];
    const { entries, summary } = listed;
    this.title = summary.title;
    const apart = new Set([...told.survey.risky, ...told.survey.riskyFolders]);
    const choice = listedEntries(entries, told.folders).filter(({ index }) => !apart.has(index));
    const selection = new OfferSelection(choice, this.#choice.leftOf(choice));
    this.state = { name, words, entries, summary, selection, ...told };
  }

  #onEvent(event: EngineEvent): void {
    const { state } = this;
    this.#tally.note(event);
    if (this.flow.take(event)) {
      if (state.name !== 'receiving') return;
      state.progress.rest();
      if (event.type === 'paused' && event.code === 'no-space')
        void this.flow.measureRoom(state.progress, this.place);
      return;
    }
    switch (event.type) {
      case 'joined':
        // In classic the offer comes with it.
        if (state.name === 'connecting') this.state = { name: 'meeting' };
        return;
      case 'verifier':
        this.state = { name: 'reading', words: event.words, isChanging: false };
        return;
      case 'offer-withdrawn':
        if (state.name === 'review') this.#choice.note(state.selection);
        this.state = { name: 'reading', words: 'words' in state ? state.words : [], isChanging: true };
        return;
      case 'progress':
        if (state.name === 'receiving') state.progress.update(event);
        return;
      case 'accepted': {
        const totalBytes = event.unsized ? null : event.bytes;
        if (state.name === 'receiving') state.progress.restart(event.files, totalBytes);
        else if (state.name === 'resuming') {
          const progress = new TransferProgress(event.files, totalBytes);
          this.state = { name: 'receiving', words: [], progress, isStopping: false };
        }
        return;
      }
      // The flow's; a sender's, or told in another way: `review` brings the offer, the result what failed.
      default:
    }
  }

  #end(state: ReceiveState): void {
    this.state = state;
    this.change = null;
    this.flow.close();
    this.#job.close();
    this.#tellEnd();
  }
}
