// What a running transfer shows: how much is there (or, from a classic sender, has left), how fast, how long still.
import { percentOf } from '../format/quantities.ts';

/** The rate is that of the last seconds; shown figures change at most twice a second. */
const WINDOW_MS = 5000;
const REFRESH_MS = 500;

export class TransferProgress {
  bytes = $state(0);
  totalBytes = $state<number | null>(null);
  /** Null where nobody tells how many are done. */
  files = $state<number | null>(null);
  filesDone = $state(0);
  /** Bytes a second; null until there is something to measure. */
  rate = $state<number | null>(null);
  secondsLeft = $state<number | null>(null);

  readonly percent = $derived(this.totalBytes === null ? null : percentOf(this.bytes, this.totalBytes));

  readonly #nowMs: () => number;
  #samples: { atMs: number; bytes: number }[];
  #refreshedMs: number;

  constructor(files: number | null, totalBytes: number | null, nowMs = () => performance.now()) {
    this.files = files;
    this.totalBytes = totalBytes;
    this.#nowMs = nowMs;
    this.#refreshedMs = nowMs();
    this.#samples = [{ atMs: this.#refreshedMs, bytes: 0 }];
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
    this.#samples = [];
  }

  update(bytes: number, totalBytes: number | null, filesDone: number): void {
    this.bytes = bytes;
    this.totalBytes = totalBytes;
    this.filesDone = filesDone;
    const atMs = this.#nowMs();
    this.#samples.push({ atMs, bytes });
    while (this.#samples.length > 2 && this.#samples[1]!.atMs < atMs - WINDOW_MS) this.#samples.shift();
    if (this.#samples.length < 2 || atMs - this.#refreshedMs < REFRESH_MS) return;
    this.#refreshedMs = atMs;
    const oldest = this.#samples[0]!;
    this.rate = ((bytes - oldest.bytes) / (atMs - oldest.atMs)) * 1000;
    this.secondsLeft = totalBytes === null || this.rate === 0 ? null : (totalBytes - bytes) / this.rate;
  }
}
