// Finds out, after the probe, whether the path takes raw bytes so fast that zstd would only take the processor from what moves
// them. Told apart by what is seen: a slow path leaves the receiver behind while zstd works, or the socket full while raw bytes go.
import { FAST_BYTES_PER_MS } from './path-probe.ts';

/** What a sender sees of the path, in bytes of content. */
export interface PathView {
  sentBytes: number;
  writtenBytes: number;
  /** The receiver has written nearly all that was sent. */
  isKeptUp: boolean;
  /** The socket has taken all that it was given. */
  isIdle: boolean;
}

/** Window over which the path is judged, in bytes written at the receiver: eight acks of the usual credit window. */
const STRETCH_BYTES = 16 * 1024 * 1024;
/**
 * Raw bytes are too slow below this share of the rate that there was with zstd. Rates vary twofold by themselves, while a
 * slow path shows by how much zstd makes text smaller, even where buffers keep the socket idle.
 */
const SLOW_SHARE = 0.3;
/** No encoder makes text smaller much faster than this, on one core: raw bytes at this rate have nothing to gain. */
const ZSTD_BYTES_PER_MS = 150_000;
/** A socket that is idle at less than this share of the looks at it is what raw bytes wait for. */
const IDLE_SHARE = 0.5;
/** Cool-down, in windows of 16 MiB, before a mode that was left is tried again; doubled each time, up to the maximum. */
const FIRST_PAUSE_STRETCHES = 1;
const MAX_PAUSE_STRETCHES = 64;

interface Stretch {
  /** What was sent the other way before it: written first, and not counted. */
  fromBytes: number;
  begun: { atMs: number; writtenBytes: number } | null;
  looks: number;
  idleLooks: number;
}

/** Judges from acks whether the path is faster than zstd, so that raw bytes arrive sooner. */
export class PathJudge {
  #isFast: boolean;
  #stretch: Stretch;
  /** Bytes a millisecond when zstd was last used, and when it wasn't. */
  #zstdRate: number | null = null;
  #rawRate = 0;
  #pauseStretches = FIRST_PAUSE_STRETCHES;
  #pauseLeft = 0;

  /**
   * @param isFast what the probe has found
   * @param sentBytes at its end
   */
  constructor(isFast: boolean, sentBytes: number) {
    this.#isFast = isFast;
    this.#stretch = stretchFrom(sentBytes);
  }

  /** Whether it is known how fast the path is with zstd. */
  get knowsZstd(): boolean {
    return this.#zstdRate !== null;
  }

  /** What was sent so far is not to be judged by: it went raw because zstd was being loaded. */
  leaveOut(sentBytes: number): void {
    this.#stretch = stretchFrom(sentBytes);
  }

  /** Whether the next payload had better go raw, without a try to compress it. */
  isFast(nowMs: number, path: PathView): boolean {
    this.#look(nowMs, path);
    const { begun } = this.#stretch;
    if (begun !== null) {
      const bytes = path.writtenBytes - begun.writtenBytes;
      const ms = Math.max(nowMs - begun.atMs, 1);
      if (this.#isFast) this.#judgeRaw(bytes, ms, path);
      else if (bytes >= STRETCH_BYTES) this.#judgeZstd(bytes / ms, path);
    }
    return this.#isFast;
  }

  #look(nowMs: number, { writtenBytes, isIdle }: PathView): void {
    const stretch = this.#stretch;
    stretch.looks += 1;
    if (isIdle) stretch.idleLooks += 1;
    if (stretch.begun === null && writtenBytes > stretch.fromBytes)
      stretch.begun = { atMs: nowMs, writtenBytes };
  }

  #judgeZstd(rate: number, path: PathView): void {
    const { looks, idleLooks } = this.#stretch;
    this.#zstdRate = rate;
    const mayBeFast = this.#pauseLeft <= 0 && idleLooks === looks;
    if (rate < this.#rawRate || (mayBeFast && path.isKeptUp)) this.#turn(path);
    else if (!mayBeFast) this.#goOn(path);
  }

  #judgeRaw(bytes: number, ms: number, path: PathView): void {
    const { looks, idleLooks } = this.#stretch;
    const slowBytesPerMs = this.#zstdRate === null ? FAST_BYTES_PER_MS : this.#zstdRate * SLOW_SHARE;
    const isSlow = bytes < STRETCH_BYTES && ms * slowBytesPerMs > STRETCH_BYTES;
    if (bytes < STRETCH_BYTES && !isSlow) return;
    this.#rawRate = bytes / ms;
    const isIdle = idleLooks >= looks * IDLE_SHARE;
    const mayGain = this.#rawRate < ZSTD_BYTES_PER_MS && this.#pauseLeft <= 0;
    if (isSlow || (!isIdle && (mayGain || this.#rawRate < (this.#zstdRate ?? 0)))) this.#turn(path);
    else {
      if (isIdle) this.#pauseStretches = FIRST_PAUSE_STRETCHES;
      this.#goOn(path);
    }
  }

  #goOn({ writtenBytes }: PathView): void {
    this.#pauseLeft -= 1;
    this.#stretch = stretchFrom(writtenBytes);
  }

  #turn({ sentBytes }: PathView): void {
    this.#isFast = !this.#isFast;
    this.#pauseLeft = this.#pauseStretches;
    this.#pauseStretches = Math.min(this.#pauseStretches * 2, MAX_PAUSE_STRETCHES);
    this.#stretch = stretchFrom(sentBytes);
  }
}

function stretchFrom(fromBytes: number): Stretch {
  return { fromBytes, begun: null, looks: 0, idleLooks: 0 };
}
