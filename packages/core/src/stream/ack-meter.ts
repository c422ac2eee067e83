// End-to-end flow control, receiver's side: counts what is written and durable, and says when to tell the sender.
// docs/PROTOCOL.md section 9.
import type { Clock } from '../ports/clock.ts';
import { CHUNK_BYTES } from '../wire/limits.ts';

/** Written bytes that make an ack due, as a share of the window. */
const DUE_SHARE = 1 / 8;
/** Durable bytes are told no more often than this. */
const DUE_MS = 100;

export class AckMeter {
  readonly #windowBytes: number;
  readonly #dueBytes: number;
  readonly #clock: Clock;
  readonly #send: (ack: { files: number; durable: number; limit: number }) => void;
  #writtenBytes = 0;
  #durableBytes = 0;
  #durableFiles = 0;
  #keptBytes = 0;
  #receivedBytes = 0;
  #toldLimitBytes: number;
  #durableToldAtMs = 0;

  constructor(
    windowBytes: number,
    clock: Clock,
    send: (ack: { files: number; durable: number; limit: number }) => void,
  ) {
    this.#windowBytes = windowBytes;
    // What isn't told must never keep the next chunk from fitting.
    this.#dueBytes = Math.max(0, Math.min(windowBytes * DUE_SHARE, windowBytes - CHUNK_BYTES));
    this.#clock = clock;
    this.#send = send;
    this.#toldLimitBytes = windowBytes;
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
    const limit = this.#writtenBytes + this.#windowBytes;
    if (limit - this.#toldLimitBytes >= this.#dueBytes) this.#tell();
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

  fileDone(): void {
    this.#durableFiles += 1;
    this.#tellIfDue();
  }

  /** Tells what hasn't been told. */
  flush(): void {
    this.#tell();
  }

  #tellIfDue(): void {
    const nowMs = this.#clock.nowMs();
    if (nowMs - this.#durableToldAtMs < DUE_MS) return;
    this.#durableToldAtMs = nowMs;
    this.#tell();
  }

  #tell(): void {
    this.#toldLimitBytes = this.#writtenBytes + this.#windowBytes;
    this.#send({ files: this.#durableFiles, durable: this.#durableBytes, limit: this.#toldLimitBytes });
  }
}
