// A sink that waits when its disk can't take more: full, locked, or without permission. What failed is tried again until
// it works or patience is at its end; nothing is lost meanwhile, since nobody grants the sender more.

import { pause } from '../async/seek.ts';
import type { Clock } from '../foundation/clock.ts';
import { TransferError } from '../foundation/errors.ts';
import type { ByteSink, ExistingContent, ExpectedContent, FolderSink } from '../ports/byte-sink.ts';

/** How long a patient sink tries again, and whom it tells that it waits. */
export interface PatiencePorts {
  clock: Clock;
  patienceMs: number;
  signal: AbortSignal;
  /** The disk can't take more, and why. */
  onPaused(error: TransferError): void;
  onContinued(): void;
}

const RETRY_MS = 1_000;

/** A sink that tries again what its disk refused, until it works or `patienceMs` is over. */
export function patientSink(sink: FolderSink, ports: PatiencePorts): FolderSink {
  const patience = new Patience(ports);
  return {
    makeFolder: (path) => patience.with(() => sink.makeFolder(path)),
    openFile: async (entry) => new PatientFile(await patience.with(() => sink.openFile(entry)), patience),
    findExisting: async (entry, withFinal) => {
      const existing = (await sink.findExisting?.(entry, withFinal)) ?? null;
      return existing === null ? null : patientContent(existing, patience);
    },
    finish: () => patience.with(() => sink.finish()),
    stop: () => sink.stop?.(),
  };
}

class PatientFile implements ByteSink {
  readonly #file: ByteSink;
  readonly #patience: Patience;

  constructor(file: ByteSink, patience: Patience) {
    this.#file = file;
    this.#patience = patience;
  }

  write(offset: number, bytes: Uint8Array): Promise<void> {
    return this.#patience.with(() => this.#file.write(offset, bytes));
  }

  flush(): Promise<void> {
    return this.#patience.with(() => this.#file.flush());
  }

  commit(expected?: ExpectedContent): Promise<void> {
    return this.#patience.with(() => this.#file.commit(expected));
  }

  abandon(keep: boolean): Promise<void> {
    return this.#file.abandon(keep);
  }
}

function patientContent(existing: ExistingContent, patience: Patience): ExistingContent {
  const { sizeBytes, isFinal, identity, version } = existing;
  return {
    sizeBytes,
    isFinal,
    identity,
    version,
    open: () => existing.open(),
    isUntouched: async () => (await existing.isUntouched?.()) ?? true,
    adopt: async () => new PatientFile(await patience.with(() => existing.adopt()), patience),
  };
}

class Patience {
  readonly #ports: PatiencePorts;
  /** Actions that wait. */
  #blocked = 0;
  /** Until they are tried again: one pause for all, however many there are. */
  #pausing: Promise<void> | null = null;

  constructor(ports: PatiencePorts) {
    this.#ports = ports;
  }

  /** Errors: those of `action` that waiting doesn't cure, or hasn't in time. */
  async with<T>(action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (error) {
      if (!isCurable(error) || this.#ports.patienceMs === 0) throw error;
      return this.#waitFor(action, error);
    }
  }

  async #waitFor<T>(action: () => Promise<T>, first: TransferError): Promise<T> {
    const { clock, patienceMs, signal, onPaused, onContinued } = this.#ports;
    const untilMs = clock.nowMs() + patienceMs;
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
          if (!isCurable(error) || clock.nowMs() >= untilMs) throw error;
        }
      }
    } finally {
      this.#blocked -= 1;
      if (this.#blocked === 0) onContinued();
    }
  }
}

function isCurable(error: unknown): error is TransferError {
  return error instanceof TransferError && error.mayPass;
}
