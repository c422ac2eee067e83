// Finds out at the beginning of a transfer whether the path is so fast that zstd needn't even be loaded. What is sent meanwhile
// goes raw, and little of it is on the way: a system's buffers would hide a slow path behind the megabytes that they take.

/** Least rate of a fast path, in bytes per millisecond while nothing else can be sent, */
export const FAST_BYTES_PER_MS = 40_000;
/** but for this time: the way there and back, a file that is opened, code that runs for the first time. */
const GRACE_MS = 60;
/** On the way at first: one chunk. */
const FIRST_BYTES = 256 * 1024;
/** Bytes written at the receiver after which a slow path would have shown itself. */
const PROBE_BYTES = 4 * 1024 * 1024;

/** Tells a fast path from a slow one by the first 4 MiB, which go raw. */
export class PathProbe {
  #verdict: 'fast' | 'slow' | null = null;
  #heldBackSinceMs: number | null = null;
  #heldBackMs = 0;
  #boundBytes = FIRST_BYTES;

  /** Null until it is known. Then it stays: what becomes of the path later is the judge's business. */
  get verdict(): 'fast' | 'slow' | null {
    return this.#verdict;
  }

  /**
   * For how many ms the next payload is to be held back, unless the receiver writes something: 0 when it may be sent, raw; Infinity
   * when the path is slow, and has enough on the way. Asked until it says 0.
   * @param sentBytes without the payload
   */
  holdBackMs(nowMs: number, payloadBytes: number, sentBytes: number, writtenBytes: number): number {
    if (this.#verdict === null) this.#judge(nowMs, writtenBytes);
    this.#heldBackSinceMs = null;
    if (this.#verdict === 'fast' || sentBytes + payloadBytes - writtenBytes <= this.#boundBytes) return 0;
    if (this.#verdict === 'slow') return Number.POSITIVE_INFINITY;
    this.#heldBackSinceMs = nowMs;
    return Math.ceil(this.#reconnectTimeoutMs(writtenBytes));
  }

  #judge(nowMs: number, writtenBytes: number): void {
    if (this.#heldBackSinceMs !== null) this.#heldBackMs += nowMs - this.#heldBackSinceMs;
    if (this.#reconnectTimeoutMs(writtenBytes) <= 0) {
      this.#verdict = 'slow';
      // A path that has brought nothing so far has work until zstd is loaded.
      if (writtenBytes === 0) this.#boundBytes = 0;
    } else {
      if (writtenBytes >= PROBE_BYTES) this.#verdict = 'fast';
      // As much again as came: a path that is slow after all hasn't been given much more than it has brought.
      this.#boundBytes = Math.max(FIRST_BYTES, writtenBytes);
    }
  }

  #reconnectTimeoutMs(writtenBytes: number): number {
    return GRACE_MS + writtenBytes / FAST_BYTES_PER_MS - this.#heldBackMs;
  }
}
