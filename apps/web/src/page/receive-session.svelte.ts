// One receiving, from the code to verified files, as the screen shows it.
import type { Manifest, TransferEvent, TransferResult } from '@p2p-copy/core';
import type {
  ClassicTerms,
  ReceiveCommand,
  ReceiveReport,
  ReceiveWire,
  SinkChoice,
} from '../engine/messages.ts';
import { CRASHED, type Problem, problemOf } from '../format/problem.ts';
import type { EngineClient, JobHandle } from './engine-client.ts';
import { KeptPanel } from './kept-panel.svelte.ts';
import { OfferSummary } from './offer-summary.ts';
import { TransferProgress } from './transfer-progress.svelte.ts';

export type Place = SinkChoice['kind'];

export type ReceiveState =
  /** Classic: whoever comes first waits for the other. */
  | { name: 'calling' }
  | { name: 'connecting' }
  | { name: 'meeting' }
  | { name: 'reading'; words: string[] }
  | { name: 'review'; words: string[]; manifest: Manifest; summary: OfferSummary }
  | { name: 'receiving'; words: string[]; progress: TransferProgress; isCancelling: boolean }
  | { name: 'done'; result: TransferResult }
  | { name: 'declined' }
  | { name: 'failed'; problem: Problem };

export class ReceiveSession {
  state = $state.raw<ReceiveState>({ name: 'connecting' });
  /** Messages received, verified. */
  texts = $state<string[]>([]);
  /** What is complete in this browser's storage. */
  kept = $state.raw<KeptPanel | null>(null);
  title = $state('');
  place = $state<Place>('none');

  readonly code: string;
  /** What was agreed on with a person who has the Python tool; null for version 2. */
  readonly classic: ClassicTerms | null;
  readonly #engine: EngineClient;
  readonly #wire: ReceiveWire;
  readonly #job: JobHandle<ReceiveCommand>;

  constructor(engine: EngineClient, code: string, classic: ClassicTerms | null = null) {
    this.code = code;
    this.classic = classic;
    this.#engine = engine;
    this.#wire = classic === null ? { wire: 'version-two', code } : { wire: 'classic', ...classic };
    if (classic !== null) this.state = { name: 'calling' };
    this.#job = engine.receive(this.#wire, (report) => this.#onReport(report));
  }

  /** Whether leaving the page would lose something: a running transfer, or files not saved yet. */
  get isTransferring(): boolean {
    if (this.state.name === 'receiving') return true;
    return this.kept !== null && this.kept.status.name !== 'deleted' && !this.kept.hasSaved;
  }

  accept(sink: SinkChoice): void {
    if (this.state.name !== 'review') return;
    const { words, manifest } = this.state;
    this.place = sink.kind;
    const progress = new TransferProgress(manifest.files, manifest.unsized ? null : manifest.bytes);
    this.state = { name: 'receiving', words, progress, isCancelling: false };
    this.#job.tell({ type: 'accept', sink });
  }

  decline(): void {
    this.#job.tell({ type: 'decline' });
    this.#end({ name: 'declined' });
  }

  cancel(): void {
    this.#job.tell({ type: 'cancel' });
    if (this.state.name === 'receiving') this.state = { ...this.state, isCancelling: true };
    // Nothing runs yet, so there is no ending to wait for.
    else this.#job.close();
  }

  /** The screen is left for good. */
  async close(): Promise<void> {
    this.cancel();
    await this.kept?.close();
  }

  #onReport(report: ReceiveReport): void {
    switch (report.type) {
      case 'event':
        this.#onEvent(report.event);
        return;
      case 'review':
        this.#onReview(report.manifest);
        return;
      case 'text':
        this.texts.push(report.text);
        return;
      case 'kept':
        this.kept = new KeptPanel(this.#engine, report.kept, this.title);
        return;
      case 'done':
        this.#end({ name: 'done', result: report.result });
        return;
      case 'failed':
        this.#end({ name: 'failed', problem: problemOf(report.error, this.#wire.wire) });
        return;
      case 'crashed':
        this.#end({ name: 'failed', problem: CRASHED });
        return;
    }
  }

  #onReview(manifest: Manifest): void {
    const words = this.state.name === 'reading' ? this.state.words : [];
    const summary = new OfferSummary();
    for (const entry of manifest.entries) summary.add(entry.kind, entry.path, entry.sizeBytes);
    this.title = summary.title;
    this.state = { name: 'review', words, manifest, summary };
  }

  #onEvent(event: TransferEvent): void {
    const { state } = this;
    switch (event.type) {
      case 'joined':
        // In classic the offer comes with it.
        if (state.name === 'connecting') this.state = { name: 'meeting' };
        return;
      case 'verifier':
        this.state = { name: 'reading', words: event.words };
        return;
      case 'progress':
        if (state.name === 'receiving') state.progress.update(event.bytes, event.totalBytes, event.filesDone);
        return;
      // A sender's, or told in another way: `review` brings the offer, the result what failed.
      case 'code':
      case 'code-burned':
      case 'left':
      case 'offer':
      case 'accepted':
      case 'file-failed':
      case 'file-done':
        return;
    }
  }

  #end(state: ReceiveState): void {
    this.state = state;
    this.#job.close();
  }
}
