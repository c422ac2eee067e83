// What a running transfer shows of what is measured: how much is there (or, from a classic sender, has left), how fast, how long still.
import { type Clock, ProgressMeter, RateHistory, type TransferEvent } from '@p2p-copy/core';
import { percentOf } from '../format/quantities.ts';

/** Shown rates change at most twice a second. */
const REFRESH_MS = 500;

type Progress = Omit<TransferEvent & { type: 'progress' }, 'type'>;

export class TransferProgress {
  bytes = $state(0);
  totalBytes = $state<number | null>(null);
  /** Null where nobody tells how many are done. */
  files = $state<number | null>(null);
  filesDone = $state(0);
  /** Bytes a second; null until there is something to measure. */
  rate = $state<number | null>(null);
  secondsLeft = $state<number | null>(null);
  /** Bytes a second, from the beginning on, in equal steps. */
  rates = $state.raw<readonly number[]>([]);

  readonly percent = $derived(this.totalBytes === null ? null : percentOf(this.bytes, this.totalBytes));

  readonly #clock: Pick<Clock, 'nowMs'>;
  readonly #meter: ProgressMeter;
  readonly #history: RateHistory;
  #refreshedMs: number;

  constructor(
    files: number | null,
    totalBytes: number | null,
    clock: Pick<Clock, 'nowMs'> = { nowMs: () => performance.now() },
  ) {
    this.files = files;
    this.totalBytes = totalBytes;
    this.#clock = clock;
    this.#meter = new ProgressMeter(clock);
    this.#history = new RateHistory(clock);
    this.#refreshedMs = clock.nowMs();
  }

  /** Another session may count another way, and goes on from what is there. */
  restart(files: number | null, totalBytes: number | null): void {
    this.files = files;
    this.totalBytes = totalBytes;
    this.rest();
  }

  /** It stands still: how fast it was tells nothing about what comes. */
  rest(): void {
    this.rate = null;
    this.secondsLeft = null;
    this.#meter.rest();
  }

  update(progress: Progress): void {
    this.bytes = progress.bytes;
    this.totalBytes = progress.totalBytes;
    this.filesDone = progress.filesDone;
    this.#meter.update(progress);
    this.#history.update(this.#meter.movedBytes);
    this.rates = this.#history.rates;
    const nowMs = this.#clock.nowMs();
    const { bytesPerSecond } = this.#meter;
    if (bytesPerSecond === null || nowMs - this.#refreshedMs < REFRESH_MS) return;
    this.#refreshedMs = nowMs;
    this.rate = bytesPerSecond;
    this.secondsLeft = this.#meter.secondsLeft;
  }
}
