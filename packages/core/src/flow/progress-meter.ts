// From confirmed bytes to what a person wants to know: how far, how fast, how long. Measured here for every app; apps choose the
// words and when to show them. Pure but for the clock.
import type { Clock } from '../foundation/clock.ts';

/** The rate is that of the last 5 s, and of the time since the last step at least: a slow line confirms in large steps. */
const WINDOW_MS = 5_000;
/** Least time between two samples of the rate. */
const SAMPLE_MS = 200;
/** Time without a step after which a transfer counts as stalled. */
const STALL_MS = 30_000;
/** Share that is through before the rest can be estimated. */
const LEAST_FRACTION_FOR_ESTIMATE = 0.01;

/** How far a transfer is. */
export interface Progress {
  /** Confirmed, of which `keptBytes` were there before: those say nothing about the rate. */
  bytes: number;
  keptBytes: number;
  /** Null while it isn't known. */
  totalBytes: number | null;
}

interface Sample {
  atMs: number;
  /** Moved by then. */
  bytes: number;
}

/** Measures rate and time left of a transfer from its progress. */
export class ProgressMeter {
  readonly #clock: Pick<Clock, 'nowMs'>;
  /** Where the rate is measured from: empty from a rest to the next step. */
  #samples: Sample[];
  #lastStepMs: number;
  #progress: Progress = { bytes: 0, keptBytes: 0, totalBytes: null };

  /** Measures from now on. */
  constructor(clock: Pick<Clock, 'nowMs'>) {
    this.#clock = clock;
    this.#lastStepMs = clock.nowMs();
    this.#samples = [{ atMs: this.#lastStepMs, bytes: 0 }];
  }

  /** Takes the progress as it is now. */
  update({ bytes, keptBytes, totalBytes }: Progress): void {
    const isStep = bytes !== this.#progress.bytes;
    this.#progress = { bytes, keptBytes, totalBytes };
    if (!isStep) return;
    const nowMs = this.#clock.nowMs();
    this.#lastStepMs = nowMs;
    const last = this.#samples.at(-1);
    if (last !== undefined && nowMs - last.atMs < SAMPLE_MS) return;
    this.#samples.push({ atMs: nowMs, bytes: this.movedBytes });
  }

  /** The transfer stands still for a known reason: its rate so far says nothing about what comes. */
  rest(): void {
    this.#samples = [];
  }

  /** The progress that was taken last. */
  get progress(): Readonly<Progress> {
    return this.#progress;
  }

  /** Bytes that were moved, without those that were there before. */
  get movedBytes(): number {
    return this.#progress.bytes - this.#progress.keptBytes;
  }

  /** From 0 to 1; null while the total isn't known. */
  get fraction(): number | null {
    const { bytes, totalBytes } = this.#progress;
    if (totalBytes === null) return null;
    return totalBytes === 0 ? 1 : Math.min(1, bytes / totalBytes);
  }

  /** Whether nothing has moved for 30 s. */
  get isStalled(): boolean {
    return this.#clock.nowMs() - this.#lastStepMs >= STALL_MS;
  }

  /** The rate of the last seconds, at least 0; null until there is something to measure. */
  get bytesPerSecond(): number | null {
    const nowMs = this.#clock.nowMs();
    // One sample from before the window stays to measure from, and always the one before the last step.
    while (this.#samples.length > 2 && nowMs - this.#samples[1]!.atMs >= WINDOW_MS) this.#samples.shift();
    const [oldest] = this.#samples;
    if (oldest === undefined || nowMs <= oldest.atMs) return null;
    // What counted as confirmed can be void again, when a file changes while it is sent.
    return (Math.max(0, this.movedBytes - oldest.bytes) * 1000) / (nowMs - oldest.atMs);
  }

  /** Time left at the present rate; null while it would be a guess, and when nothing is left. */
  get secondsLeft(): number | null {
    const { bytes, totalBytes } = this.#progress;
    const bytesPerSecond = this.bytesPerSecond ?? 0;
    const restBytes = (totalBytes ?? 0) - bytes;
    if (bytesPerSecond === 0 || restBytes <= 0) return null;
    return (this.fraction ?? 0) < LEAST_FRACTION_FOR_ESTIMATE ? null : restBytes / bytesPerSecond;
  }
}
