// A sink that waits when its disk can't take more: full, locked, or without permission. What failed is tried again until
// it works or the reconnect timeout is over; nothing is lost meanwhile, since nobody grants the sender more.

import { pause } from '../async/seek.ts';
import type { Clock } from '../foundation/clock.ts';
import { TransferError } from '../foundation/errors.ts';
import type { ByteSink, ExistingContent, ExpectedContent, FolderSink } from '../ports/byte-sink.ts';

/** How long a sink tries again, and whom it tells that it waits. */
export interface RetryingSinkContext {
  clock: Clock;
  reconnectTimeoutMs: number;
  signal: AbortSignal;
  /** The disk can't take more, and why. */
  onPaused(error: TransferError): void;
  onContinued(): void;
}

const RETRY_MS = 1_000;

/** A sink that tries again what its disk refused, until it works or `reconnectTimeoutMs` is over. */
export function retryingSink(sink: FolderSink, context: RetryingSinkContext): FolderSink {
  const retrier = new Retrier(context);
  return {
    makeFolder: (path, settings) => retrier.with(() => sink.makeFolder(path, settings)),
    openFile: async (entry) => new RetryingFile(await retrier.with(() => sink.openFile(entry)), retrier),
    findExisting: async (entry, withFinal) => {
      const existing = (await sink.findExisting?.(entry, withFinal)) ?? null;
      return existing === null ? null : retryingContent(existing, retrier);
    },
    finish: () => retrier.with(() => sink.finish()),
    ...(sink.finishWithout && { finishWithout: () => retrier.with(async () => sink.finishWithout?.()) }),
    stop: () => sink.stop?.(),
  };
}

class RetryingFile implements ByteSink {
  readonly #file: ByteSink;
  readonly #retrier: Retrier;

  constructor(file: ByteSink, retrier: Retrier) {
    this.#file = file;
    this.#retrier = retrier;
  }

  write(offset: number, bytes: Uint8Array): Promise<void> {
    return this.#retrier.with(() => this.#file.write(offset, bytes));
  }

  flush(): Promise<void> {
    return this.#retrier.with(() => this.#file.flush());
  }

  commit(expected?: ExpectedContent): Promise<void> {
    return this.#retrier.with(() => this.#file.commit(expected));
  }

  abandon(keep: boolean): Promise<void> {
    return this.#file.abandon(keep);
  }
}

function retryingContent(existing: ExistingContent, retrier: Retrier): ExistingContent {
  const { sizeBytes, isFinal, identity, version } = existing;
  return {
    sizeBytes,
    isFinal,
    identity,
    version,
    open: () => existing.open(),
    isUntouched: async () => (await existing.isUntouched?.()) ?? true,
    adopt: async () => new RetryingFile(await retrier.with(() => existing.adopt()), retrier),
  };
}

class Retrier {
  readonly #context: RetryingSinkContext;
  /** Actions that wait. */
  #blocked = 0;
  /** Until they are tried again: one pause for all, however many there are. */
  #pausing: Promise<void> | null = null;

  constructor(context: RetryingSinkContext) {
    this.#context = context;
  }

  /** @throws TransferError those of `action` that waiting doesn't cure, or hasn't in time */
  async with<T>(action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (error) {
      if (!isRetryable(error) || this.#context.reconnectTimeoutMs === 0) throw error;
      return this.#waitFor(action, error);
    }
  }

  async #waitFor<T>(action: () => Promise<T>, first: TransferError): Promise<T> {
    const { clock, reconnectTimeoutMs, signal, onPaused, onContinued } = this.#context;
    const untilMs = clock.nowMs() + reconnectTimeoutMs;
    this.#blocked += 1;
    if (this.#blocked === 1) onPaused(first);
    try {
      for (;;) {
        this.#pausing ??= pause(RETRY_MS, clock, signal).then(() => {
          this.#pausing = null;
        });
        await this.#pausing;
        if (signal.aborted) throw new TransferError('interrupted');
        try {
          return await action();
        } catch (error) {
          if (!isRetryable(error) || clock.nowMs() >= untilMs) throw error;
        }
      }
    } finally {
      this.#blocked -= 1;
      if (this.#blocked === 0) onContinued();
    }
  }
}

function isRetryable(error: unknown): error is TransferError {
  return error instanceof TransferError && error.retryable;
}
