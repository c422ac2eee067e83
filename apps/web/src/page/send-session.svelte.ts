// One sending, from the first picked file to the other side's receipt, as the screen shows it.
import { codeLink, type TransferEvent, type TransferResult } from '@p2p-copy/core';
import type { ClassicTerms, PickedItem, SendCommand, SendReport, SendWire } from '../engine/messages.ts';
import { CRASHED, type Problem, problemOf } from '../format/problem.ts';
import type { PickedPages } from '../gather/picked-files.ts';
import type { EngineClient, JobHandle } from './engine-client.ts';
import { OfferSummary } from './offer-summary.ts';
import { TransferProgress } from './transfer-progress.svelte.ts';

/** Why a code is shown again. */
type Notice = 'burned' | 'left' | null;

export type SendState =
  /** Classic: the code is known, and whoever comes first waits for the other. */
  | { name: 'calling' }
  | { name: 'connecting'; notice: Notice }
  | { name: 'offered'; code: string; link: string; notice: Notice }
  | { name: 'meeting'; code: string; link: string }
  | { name: 'waiting'; words: string[] }
  | { name: 'sending'; words: string[]; progress: TransferProgress; isCancelling: boolean }
  | { name: 'done'; result: TransferResult }
  | { name: 'failed'; problem: Problem };

export class SendSession {
  state = $state.raw<SendState>({ name: 'connecting', notice: null });
  /** What was agreed on with a person who has the Python tool; null for version 2. */
  readonly classic: ClassicTerms | null;
  title = $state('');
  details = $state('');
  /** Folders are still being read. */
  isScanning = $state(true);
  hasEmptyFolders = $state(false);

  readonly #summary = new OfferSummary();
  readonly #wire: SendWire;
  readonly #job: JobHandle<SendCommand>;

  constructor(engine: EngineClient, pages: PickedPages, classic: ClassicTerms | null = null) {
    this.classic = classic;
    this.#wire = classic === null ? { wire: 'version-two' } : { wire: 'classic', ...classic };
    if (classic !== null) this.state = { name: 'calling' };
    this.#job = engine.send(this.#wire, this.#counted(pages), (report) => this.#onReport(report));
  }

  /** Whether leaving the page would break something that runs. */
  get isTransferring(): boolean {
    return this.state.name === 'sending';
  }

  cancel(): void {
    this.#job.tell({ type: 'cancel' });
    if (this.state.name === 'sending') this.state = { ...this.state, isCancelling: true };
    // Nothing runs yet, so there is no ending to wait for.
    else this.#job.close();
  }

  /** The screen is left for good. */
  async close(): Promise<void> {
    this.cancel();
  }

  async *#counted(pages: PickedPages): PickedPages {
    for await (const items of pages) {
      for (const item of items) this.#count(item);
      this.title = this.#summary.title;
      this.details = this.#summary.details;
      this.hasEmptyFolders = this.#summary.folders > 0;
      yield items;
    }
    this.isScanning = false;
  }

  #count(item: PickedItem): void {
    if (item.kind === 'text') this.#summary.add('text', 'message.txt', new Blob([item.text]).size);
    else this.#summary.add(item.kind, item.path, item.kind === 'file' ? item.file.size : 0);
  }

  #onReport(report: SendReport): void {
    switch (report.type) {
      case 'event':
        this.#onEvent(report.event);
        return;
      case 'done':
        this.#end({ name: 'done', result: report.result });
        return;
      case 'failed':
        this.#end({ name: 'failed', problem: problemOf(report.error, this.#wire.wire) });
        return;
      case 'crashed':
        this.#end({ name: 'failed', problem: CRASHED });
    }
  }

  #end(state: SendState): void {
    this.state = state;
    this.#job.close();
  }

  #onEvent(event: TransferEvent): void {
    const { state } = this;
    switch (event.type) {
      case 'code': {
        const notice = state.name === 'connecting' ? state.notice : null;
        this.state = {
          name: 'offered',
          code: event.code,
          link: codeLink(location.origin, event.code),
          notice,
        };
        return;
      }
      case 'code-burned':
        this.state = { name: 'connecting', notice: 'burned' };
        return;
      case 'joined':
        if (state.name === 'offered') this.state = { name: 'meeting', code: state.code, link: state.link };
        return;
      case 'left':
        if (state.name === 'meeting') this.state = { ...state, name: 'offered', notice: 'left' };
        return;
      case 'verifier':
        this.state = { name: 'waiting', words: event.words };
        return;
      case 'accepted': {
        const words = state.name === 'waiting' ? state.words : [];
        // A classic sender never hears which files are done.
        const files = this.classic === null ? event.files : null;
        const progress = new TransferProgress(files, event.unsized ? null : event.bytes);
        this.state = { name: 'sending', words, progress, isCancelling: false };
        return;
      }
      case 'progress':
        if (state.name === 'sending') state.progress.update(event.bytes, event.totalBytes, event.filesDone);
        return;
      // Told at the end, with the result.
      case 'file-failed':
      case 'file-done':
      case 'offer':
        return;
    }
  }
}
