// End-to-end flow control, receiver's side: counts what is written and durable, and says when to tell the sender.
// docs/PROTOCOL.md section 9.
import type { Clock } from '../foundation/clock.ts';
import type { IndexRange } from '../foundation/index-ranges.ts';
import { rangesOf } from '../foundation/index-ranges.ts';
import { CHUNK_BYTES } from '../wire/limits.ts';
import type { RateLimit } from './rate-limit.ts';

/** Written bytes that make an ack due, as a share of the window. */
const DUE_SHARE = 1 / 8;
/** Durable bytes are told no more often than this; written ones as often, however few. */
const DUE_MS = 100;
/** Bytes, and acks, at the start of which each write is told at once: they show how fast the path is. */
const EARLY_BYTES = 4 * 1024 * 1024;
const EARLY_ACKS = 256;
/** Files in one ack, at most: each may be a range of its own. */
const MAX_FILES_IN_ACK = 8192;

/** A receiver’s report: files done, durable bytes, and the limit up to which it takes bytes. */
export interface Ack {
  files: number;
  durable: number;
  limit: number;
  done: IndexRange[];
}

/** The receiver’s side of flow control: counts bytes, and says when to tell the sender. */
export class AckMeter {
  readonly #mostWindowBytes: number;
  readonly #limit: RateLimit | null;
  readonly #clock: Clock;
  readonly #send: (ack: Ack) => void;
  readonly #untoldFiles: number[] = [];
  #writtenBytes = 0;
  #durableBytes = 0;
  #durableFiles = 0;
  #keptBytes = 0;
  #receivedBytes = 0;
  #acks = 0;
  #isOver = false;
  readonly #over = new AbortController();
  /** Whether what is granted is held to a rate. */
  #isLimited: boolean;
  /** Whether some of it waits for its time. */
  #isGranting = false;
  #grantedBytes: number;
  #toldLimitBytes: number;
  #toldAtMs: number;
  #durableToldAtMs = 0;

  /** @param limit how fast room is granted */
  constructor(windowBytes: number, clock: Clock, send: (ack: Ack) => void, limit: RateLimit | null = null) {
    this.#mostWindowBytes = windowBytes;
    this.#limit = limit;
    this.#clock = clock;
    this.#send = send;
    // Under a limit not even the first bytes come at once.
    this.#isLimited = this.#rate !== null;
    this.#grantedBytes = this.#isLimited ? 0 : windowBytes;
    this.#toldLimitBytes = this.#grantedBytes;
    this.#toldAtMs = clock.nowMs();
  }

  /** Begins to grant room under a limit, once the sender may hear of it. */
  start(): void {
    if (this.#isLimited) this.#grantInTime();
  }

  get durableBytes(): number {
    return this.#durableBytes;
  }

  /** Bytes that lay here already. */
  get keptBytes(): number {
    return this.#keptBytes;
  }

  /** What has been granted so far. */
  get limitBytes(): number {
    return this.#toldLimitBytes;
  }

  get durableFiles(): number {
    return this.#durableFiles;
  }

  /** Counts payload bytes as they come; false when they exceed what was granted. */
  receive(bytes: number): boolean {
    this.#receivedBytes += bytes;
    return this.#receivedBytes <= this.#toldLimitBytes;
  }

  written(bytes: number): void {
    this.#writtenBytes += bytes;
    if (this.#rate === null && !this.#isGranting) this.#grantAtOnce();
    else this.#grantInTime();
  }

  #grantAtOnce(): void {
    if (this.#isOver) return;
    this.#isLimited = false;
    const windowBytes = this.#mostWindowBytes;
    this.#grantedBytes = Math.max(this.#grantedBytes, this.#writtenBytes + windowBytes);
    const untoldBytes = this.#grantedBytes - this.#toldLimitBytes;
    // What isn't told must never keep the next chunk from fitting.
    const dueBytes = Math.max(0, Math.min(windowBytes * DUE_SHARE, windowBytes - CHUNK_BYTES));
    const isDue = untoldBytes >= dueBytes || this.#isDueEarly(untoldBytes);
    if (isDue || this.#clock.nowMs() - this.#toldAtMs >= DUE_MS) this.#tell();
  }

  /** Under a limit, whatever is granted is told at once, and never more than comes in a moment. */
  #grantInTime(): void {
    if (this.#isGranting || this.#isOver) return;
    const limit = this.#limit!;
    // What was granted before there was a limit can come at any time: it counts from now on.
    if (!this.#isLimited) limit.spend(this.#grantedBytes - this.#writtenBytes);
    this.#isLimited = true;
    const roomBytes = this.#writtenBytes + limit.windowBytes(this.#mostWindowBytes) - this.#grantedBytes;
    if (roomBytes <= 0) return;
    this.#isGranting = true;
    const bytes = Math.min(roomBytes, limit.stepBytes(CHUNK_BYTES));
    void limit.take(bytes, this.#over.signal).then(() => {
      this.#isGranting = false;
      if (this.#isOver) return;
      this.#grantedBytes += bytes;
      if (this.#rate === null) return this.#grantAtOnce();
      this.#tell();
      this.#grantInTime();
    });
  }

  durable(bytes: number): void {
    this.#durableBytes += bytes;
    this.#tellIfDue();
  }

  /** Bytes that need not come: they take no part in flow control. */
  kept(bytes: number): void {
    this.#keptBytes += bytes;
    this.#tellIfDue();
  }

  /** The file of that index is durable. */
  fileDone(index: number): void {
    this.#durableFiles += 1;
    this.#untoldFiles.push(index);
    this.#tellIfDue();
  }

  /** Tells what hasn't been told, for the last time. */
  flush(): void {
    this.stop();
    do this.#tell();
    while (this.#untoldFiles.length > 0);
  }

  /** Nothing more is granted. */
  stop(): void {
    this.#isOver = true;
    this.#over.abort();
  }

  get #rate(): number | null {
    return this.#limit?.bytesPerSecond ?? null;
  }

  /** Early acks tell of whole chunks, and when nothing more is to be written. */
  #isDueEarly(untoldBytes: number): boolean {
    if (this.#writtenBytes > EARLY_BYTES || this.#acks >= EARLY_ACKS) return false;
    return untoldBytes >= CHUNK_BYTES || this.#writtenBytes === this.#receivedBytes;
  }

  #tellIfDue(): void {
    const nowMs = this.#clock.nowMs();
    if (nowMs - this.#durableToldAtMs < DUE_MS) return;
    this.#durableToldAtMs = nowMs;
    this.#tell();
  }

  #tell(): void {
    this.#acks += 1;
    this.#toldAtMs = this.#clock.nowMs();
    this.#toldLimitBytes = this.#grantedBytes;
    this.#send({
      files: this.#durableFiles,
      durable: this.#durableBytes,
      limit: this.#toldLimitBytes,
      done: rangesOf(this.#untoldFiles.splice(0, MAX_FILES_IN_ACK)),
    });
  }
}
