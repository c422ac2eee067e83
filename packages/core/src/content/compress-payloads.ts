// What of the sender's content goes through zstd: nothing until the path has shown that it isn't fast, then what shrinks, as long
// as the path doesn't carry raw bytes as fast. docs/PERFORMANCE.md, section "When text is compressed".
import { CompressionPolicy } from '../compression/compression-policy.ts';
import type { CreditWindow } from '../flow/credit-window.ts';
import { PathJudge } from '../flow/path-judge.ts';
import { PathProbe } from '../flow/path-probe.ts';
import type { Bytes } from '../foundation/bytes.ts';
import type { Clock } from '../foundation/clock.ts';
import { InvariantError } from '../foundation/invariant.ts';
import type { LanePool } from '../lanes/lane-pool.ts';
import type { LazyZstd } from '../ports/zstd.ts';

/** Whose speed a PayloadCompressor watches, and the zstd that it uses. */
export interface CompressorContext {
  lanes: LanePool;
  credit: CreditWindow;
  compress: 'auto' | 'on' | 'off';
  /** Null where it can't be had: all payloads go raw. */
  zstd: LazyZstd | null;
  clock: Clock;
  /** The probe has found the path slow. */
  onSlowPath(): void;
}

/** Compresses payloads where that makes them arrive sooner. */
export class PayloadCompressor {
  readonly #context: CompressorContext;
  readonly #policy: CompressionPolicy;
  readonly #probe = new PathProbe();
  /** Null while the path is probed. */
  #path: PathJudge | null = null;
  #compressing = 0;
  /** Whether zstd has answered. Its first answer takes long: it is loaded before. */
  #hasAnswered = false;
  /** zstd failed here: a thread or memory was not to be had. */
  #isBroken = false;
  #onFirstAnswer: () => void = () => {};

  constructor(context: CompressorContext) {
    this.#context = context;
    this.#policy = new CompressionPolicy(context.compress);
  }

  /**
   * Waits until the next payload may be sent. While the path is probed, and on a slow one while zstd is being loaded,
   * payloads go raw, and wait when enough is on the way. One caller at a time.
   * @throws TransferError those of the credit window
   */
  async holdBack(payloadBytes: number): Promise<void> {
    const { compress, credit, clock } = this.#context;
    if (compress !== 'auto' || payloadBytes === 0) return;
    const probe = this.#probe;
    for (;;) {
      const { sentBytes, writtenBytes } = credit;
      const ms = probe.holdBackMs(clock.nowMs(), payloadBytes, sentBytes, writtenBytes);
      if (ms === 0 || (probe.verdict === 'slow' && !this.#isLoading)) break;
      await this.#ackOr(ms);
    }
    if (probe.verdict === null || this.#path !== null) return;
    this.#path = new PathJudge(probe.verdict === 'fast', credit.sentBytes);
    if (probe.verdict === 'slow') this.#context.onSlowPath();
  }

  /**
   * The payload as a zstd frame; null where it is to go as it is, since it pays not, or zstd can't be had.
   * @param fileIndex the file of its first slice
   */
  async compressed(fileIndex: number, payload: Bytes): Promise<Uint8Array | null> {
    const { compress, zstd } = this.#context;
    if (zstd === null || this.#isBroken) return null;
    if (compress === 'auto' && this.#isRawFaster()) return null;
    if (!this.#policy.shouldTry(fileIndex, payload)) return null;
    this.#compressing += 1;
    try {
      const frame = await (await zstd.get()).compress(payload);
      return this.#policy.judge(payload.length, frame.length) ? frame : null;
    } catch (error) {
      if (error instanceof InvariantError) throw error;
      this.#isBroken = true;
      return null;
    } finally {
      this.#compressing -= 1;
      this.#hasAnswered = true;
      this.#onFirstAnswer();
    }
  }

  /** Whether the path was found slow, and zstd is on its way. */
  get #isLoading(): boolean {
    return this.#probe.verdict === 'slow' && this.#compressing > 0 && !this.#hasAnswered;
  }

  #isRawFaster(): boolean {
    const { lanes, credit, clock } = this.#context;
    const path = this.#path;
    if (path === null) return true;
    const { sentBytes, writtenBytes, isKeptUp } = credit;
    if (this.#isLoading) {
      path.leaveOut(sentBytes);
      return true;
    }
    const { isIdle } = lanes;
    if (path.isFast(clock.nowMs(), { sentBytes, writtenBytes, isKeptUp, isIdle })) return true;
    // A path that stands idle while something is being compressed is faster than that.
    return path.knowsZstd && this.#compressing > 0 && isIdle && isKeptUp;
  }

  /** Waits for the receiver's next ack, for zstd's first answer, or for so long. */
  async #ackOr(ms: number): Promise<void> {
    const { credit, clock } = this.#context;
    let cancel = () => {};
    const other = new Promise<void>((resolve) => {
      this.#onFirstAnswer = resolve;
      if (ms < Number.POSITIVE_INFINITY) cancel = clock.after(ms, resolve);
    });
    await Promise.race([credit.nextAck(), other]).finally(cancel);
  }
}
