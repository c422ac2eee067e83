// Whether large pieces are written on this thread: as long as the disk takes them at once. A disk that doesn't, since its
// cache is full, would hold up everything else of the process with each of them.

/** A write that holds up the event loop for longer is a slow one. */
const SLOW_MS = 50;
/** Slow writes of a transfer before a thread does them. */
export const MAX_SLOW_WRITES = 3;

export class WritePace {
  readonly #isLocal: boolean;
  #slowWrites = 0;

  /** @param isLocal writing waits for nothing but the system's cache, as a rule */
  constructor(isLocal: boolean) {
    this.#isLocal = isLocal;
  }

  get isImmediate(): boolean {
    return this.#isLocal && this.#slowWrites < MAX_SLOW_WRITES;
  }

  /** A write on this thread took that long. */
  took(ms: number): void {
    if (ms > SLOW_MS) this.#slowWrites += 1;
  }
}
