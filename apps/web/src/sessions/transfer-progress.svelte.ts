// What a running transfer shows: how much is there (or, from a classic sender, has left), how fast, how long still.
import type { TransferEvent } from '@p2p-copy/core';
import { percentOf } from '../format/quantities.ts';

/** The rate is that of the last seconds; shown figures change at most twice a second. */
const WINDOW_MS = 5000;
const REFRESH_MS = 500;
/** Points of the chart. When they are used up, each two become one, so that it always shows the whole transfer. */
const MAX_POINTS = 120;

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

  readonly #nowMs: () => number;
  /** Bytes that had moved by then: what lay there already tells nothing about how fast it is. */
  #samples: { atMs: number; bytes: number }[];
  #refreshedMs: number;
  #movedBytes = 0;
  /** Where the next point of the chart begins, and how long one is. */
  #point: { fromMs: number; fromBytes: number };
  #pointMs = REFRESH_MS;

  constructor(files: number | null, totalBytes: number | null, nowMs = () => performance.now()) {
    this.files = files;
    this.totalBytes = totalBytes;
    this.#nowMs = nowMs;
    this.#refreshedMs = nowMs();
    this.#samples = [{ atMs: this.#refreshedMs, bytes: 0 }];
    this.#point = { fromMs: this.#refreshedMs, fromBytes: 0 };
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

  update({ bytes, keptBytes, totalBytes, filesDone }: Progress): void {
    this.bytes = bytes;
    this.totalBytes = totalBytes;
    this.filesDone = filesDone;
    this.#movedBytes = bytes - keptBytes;
    const atMs = this.#nowMs();
    this.#samples.push({ atMs, bytes: this.#movedBytes });
    while (this.#samples.length > 2 && this.#samples[1]!.atMs < atMs - WINDOW_MS) this.#samples.shift();
    this.#draw(atMs);
    if (this.#samples.length < 2 || atMs - this.#refreshedMs < REFRESH_MS) return;
    this.#refreshedMs = atMs;
    const oldest = this.#samples[0]!;
    this.rate = (Math.max(0, this.#movedBytes - oldest.bytes) / (atMs - oldest.atMs)) * 1000;
    this.secondsLeft = totalBytes === null || this.rate === 0 ? null : (totalBytes - bytes) / this.rate;
  }

  /** A standstill shows as what it was: points of nothing. */
  #draw(atMs: number): void {
    const { fromMs, fromBytes } = this.#point;
    const points = Math.floor((atMs - fromMs) / this.#pointMs);
    if (points === 0) return;
    const moved = Math.max(0, this.#movedBytes - fromBytes);
    const still = Math.min(points - 1, MAX_POINTS);
    const last = (moved / (atMs - fromMs - still * this.#pointMs)) * 1000;
    this.rates = [...this.rates, ...new Array<number>(still).fill(0), last];
    while (this.rates.length > MAX_POINTS) this.#halve();
    this.#point = { fromMs: atMs, fromBytes: this.#movedBytes };
  }

  #halve(): void {
    const { rates } = this;
    this.rates = Array.from({ length: Math.ceil(rates.length / 2) }, (_, i) => {
      const pair = rates.slice(2 * i, 2 * i + 2);
      return pair.reduce((sum, rate) => sum + rate, 0) / pair.length;
    });
    this.#pointMs *= 2;
  }
}
