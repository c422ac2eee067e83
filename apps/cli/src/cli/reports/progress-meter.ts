// From confirmed bytes to what a person wants to know: how far, how fast, how long. Pure: the time comes by argument.
import { durationInWords, sizeInWords } from '../../wording/amounts.ts';

/** A rate is measured over this time, and over the last step at least: a slow line confirms in large steps. */
const WINDOW_MS = 5_000;
const SAMPLE_MS = 200;
/** Without any step for so long, nothing moves. */
const STALL_MS = 30_000;
/** Before that much is through, an estimate of the rest is a guess. */
const LEAST_FRACTION_FOR_ESTIMATE = 0.01;
const WIDEST_BAR = 30;

export interface Progress {
  /** Confirmed, of which `keptBytes` were there before: they say nothing about how fast it is. */
  bytes: number;
  keptBytes: number;
  totalBytes: number | null;
}

interface Sample {
  atMs: number;
  /** Moved by then. */
  bytes: number;
}

export class ProgressMeter {
  /** Where the rate is measured from; never empty. */
  readonly #samples: Sample[];
  #lastStepMs: number;
  #bytes = 0;
  #keptBytes = 0;
  #totalBytes: number | null = null;

  constructor(nowMs: number) {
    this.#samples = [{ atMs: nowMs, bytes: 0 }];
    this.#lastStepMs = nowMs;
  }

  /** From 0 to 1; null while the total isn't known. */
  get fraction(): number | null {
    if (this.#totalBytes === null) return null;
    return this.#totalBytes === 0 ? 1 : Math.min(1, this.#bytes / this.#totalBytes);
  }

  update({ bytes, keptBytes, totalBytes }: Progress, nowMs: number): void {
    const isStep = bytes !== this.#bytes;
    [this.#bytes, this.#keptBytes, this.#totalBytes] = [bytes, keptBytes, totalBytes];
    if (!isStep) return;
    this.#lastStepMs = nowMs;
    if (nowMs - this.#samples.at(-1)!.atMs < SAMPLE_MS) return;
    this.#samples.push({ atMs: nowMs, bytes: this.#movedBytes });
  }

  get #movedBytes(): number {
    return this.#bytes - this.#keptBytes;
  }

  /** A line of at most `columns` − 1 characters, with as much of a bar as fits. */
  line(columns: number, nowMs: number): string {
    const words = this.words(nowMs);
    const fraction = this.fraction;
    const room = Math.min(WIDEST_BAR, columns - 1 - words.length - 3);
    if (fraction === null || room < 5) return words.slice(0, Math.max(0, columns - 1));
    const filled = Math.round(fraction * room);
    return `[${'#'.repeat(filled)}${'.'.repeat(room - filled)}] ${words}`;
  }

  /** `45%, 134.2 MB of 300.0 MB, 88.1 MB/s, 2 s left`. */
  words(nowMs: number): string {
    const { fraction } = this;
    const amount = sizeInWords(this.#bytes);
    const of = this.#totalBytes === null ? '' : ` of ${sizeInWords(this.#totalBytes)}`;
    const percent = fraction === null ? [] : [`${Math.floor(fraction * 100)}%`];
    return [...percent, amount + of, ...this.#pace(nowMs)].join(', ');
  }

  #pace(nowMs: number): string[] {
    if (nowMs - this.#lastStepMs >= STALL_MS) return ['stalled'];
    const bytesPerSecond = this.#bytesPerSecond(nowMs);
    if (bytesPerSecond <= 0) return [];
    const rate = `${sizeInWords(Math.round(bytesPerSecond))}/s`;
    const restBytes = (this.#totalBytes ?? 0) - this.#bytes;
    if (restBytes <= 0 || (this.fraction ?? 0) < LEAST_FRACTION_FOR_ESTIMATE) return [rate];
    return [rate, `${durationInWords(restBytes / bytesPerSecond)} left`];
  }

  #bytesPerSecond(nowMs: number): number {
    // One sample from before the window stays to measure from, and always the one before the last step.
    while (this.#samples.length > 2 && nowMs - this.#samples[1]!.atMs >= WINDOW_MS) this.#samples.shift();
    const { atMs, bytes } = this.#samples[0]!;
    const ms = nowMs - atMs;
    // What counted as confirmed can be void again, when a file changes while it is sent.
    return ms <= 0 ? 0 : (Math.max(0, this.#movedBytes - bytes) * 1000) / ms;
  }
}
