// Jobs that run side by side, with their results taken one after the other in the order in which the jobs came. What
// is under way is bounded in number and in bytes.

/** Bounds of what is under way: a push waits while either is reached. */
export interface QueueLimits {
  jobs: number;
  bytes: number;
}

interface Waiting<T> {
  job: Promise<T>;
  bytes: number;
}

/** Takes the results of concurrent jobs one at a time, in the order in which the jobs were pushed. */
export class OrderedQueue<T> {
  readonly #limits: QueueLimits;
  readonly #take: (result: T) => Promise<void>;
  readonly #onFailed: () => void;
  readonly #waiting: Waiting<T>[] = [];
  #bytes = 0;
  #failure: { error: unknown } | null = null;
  #isTaking = false;
  #wake: (() => void)[] = [];

  /**
   * @param take called with one result at a time
   * @param onFailed called once, when the first job or `take` fails
   */
  constructor(limits: QueueLimits, take: (result: T) => Promise<void>, onFailed: () => void = () => {}) {
    this.#limits = limits;
    this.#take = take;
    this.#onFailed = onFailed;
  }

  /**
   * Adds a job, and resolves when there is room for the next. `bytes` is what it holds in memory.
   * @throws TransferError the first that a job or `take` threw
   */
  async push(job: Promise<T>, bytes: number): Promise<void> {
    // It may fail long before its turn.
    job.catch(() => {});
    if (this.#failure === null) {
      this.#waiting.push({ job, bytes });
      this.#bytes += bytes;
      void this.#takeAll();
    }
    await this.#until(() => this.#waiting.length < this.#limits.jobs && this.#bytes < this.#limits.bytes);
  }

  /**
   * Resolves when everything has been taken.
   * @throws TransferError as `push`
   */
  async drained(): Promise<void> {
    await this.#until(() => this.#waiting.length === 0 && !this.#isTaking);
  }

  /** Resolves when nothing is being taken, also after a failure. */
  async idle(): Promise<void> {
    while (this.#isTaking) await new Promise<void>((resolve) => this.#wake.push(resolve));
  }

  /** @throws TransferError as `push` */
  expectSound(): void {
    if (this.#failure !== null) throw this.#failure.error;
  }

  /** Forgets what waits; from here on everything rejects with `error`, unless something failed before. */
  fail(error: unknown): void {
    this.#waiting.length = 0;
    this.#bytes = 0;
    if (this.#failure !== null) return;
    this.#failure = { error };
    this.#wakeAll();
    this.#onFailed();
  }

  async #takeAll(): Promise<void> {
    if (this.#isTaking) return;
    this.#isTaking = true;
    try {
      for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
        await this.#take(await next.job);
        if (this.#failure !== null) break;
        this.#waiting.shift();
        this.#bytes -= next.bytes;
        this.#wakeAll();
      }
    } catch (error) {
      this.fail(error);
    }
    this.#isTaking = false;
    this.#wakeAll();
  }

  async #until(isTrue: () => boolean): Promise<void> {
    while (this.#failure === null && !isTrue()) {
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
    this.expectSound();
  }

  #wakeAll(): void {
    for (const resolve of this.#wake.splice(0)) resolve();
  }
}
