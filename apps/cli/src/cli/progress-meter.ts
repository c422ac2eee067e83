// From counted bytes to what a person wants to know: how far, how fast, how long. Pure: the time comes by argument.
import { durationInWords, sizeInWords } from '../wording/amounts.ts';

/** A rate is measured over this time: long enough to be calm, short enough to notice a stall. */
const WINDOW_MS = 5_000;
const SAMPLE_MS = 200;
const WIDEST_BAR = 30;

interface Sample {
  atMs: number;
  bytes: number;
}

export class ProgressMeter {
  readonly #samples: Sample[];
  #bytes = 0;
  #totalBytes: number | null = null;

  constructor(nowMs: number) {
    this.#samples = [{ atMs: nowMs, bytes: 0 }];
  }

  /** From 0 to 1; null while the total isn't known. */
  get fraction(): number | null {
    if (this.#totalBytes === null) return null;
    return this.#totalBytes === 0 ? 1 : Math.min(1, this.#bytes / this.#totalBytes);
  }

  update(bytes: number, totalBytes: number | null, nowMs: number): void {
    this.#bytes = bytes;
    this.#totalBytes = totalBytes;
    if (nowMs - this.#samples.at(-1)!.atMs >= SAMPLE_MS) this.#samples.push({ atMs: nowMs, bytes });
    // One sample from before the window stays: the rate is measured from there.
    while (this.#samples.length > 1 && nowMs - this.#samples[1]!.atMs >= WINDOW_MS) this.#samples.shift();
  }

  /** A line of at most `columns` characters, with as much of a bar as fits. */
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
    const bytesPerSecond = this.#bytesPerSecond(nowMs);
    const rate = `${sizeInWords(Math.round(bytesPerSecond))}/s`;
    if (this.fraction === null || this.#totalBytes === null) return `${sizeInWords(this.#bytes)}, ${rate}`;
    const percent = `${Math.floor(this.fraction * 100)}%`;
    const amount = `${sizeInWords(this.#bytes)} of ${sizeInWords(this.#totalBytes)}`;
    const rest = this.#totalBytes - this.#bytes;
    if (rest <= 0) return `${percent}, ${amount}, ${rate}`;
    const left = bytesPerSecond > 0 ? `${durationInWords(rest / bytesPerSecond)} left` : 'stalled';
    return `${percent}, ${amount}, ${rate}, ${left}`;
  }

  #bytesPerSecond(nowMs: number): number {
    const { atMs, bytes } = this.#samples[0]!;
    const ms = nowMs - atMs;
    // What counted as confirmed can be void again, when a file changes while it is sent.
    return ms <= 0 ? 0 : (Math.max(0, this.#bytes - bytes) * 1000) / ms;
  }
}
