// How the process is stopped: by a person (Ctrl-C), who is asked what becomes of a transfer that can be resumed, or by the
// system (SIGTERM, SIGHUP), which cancels nothing. docs/PROTOCOL.md section 12, "Stopping".
import type { Clock, Stop } from '@p2p-copy/core';

/** What ends a process from outside. */
export type EndingSignal = 'SIGTERM' | 'SIGHUP';

const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** How long the question waits for its answer; then what has arrived is kept. */
const ANSWER_MS = 10_000;

/** A transfer that runs in this process. */
export interface StoppableTransfer {
  /** Whether a note is kept by which it can be resumed. */
  isKept(): boolean;
  /** Whether content was accepted, so that there is something to be kept. */
  hasBegun(): boolean;
  /** Asks the person: null where nobody can be asked; resolves with null for no answer. */
  ask(signal: AbortSignal): Promise<'keep' | 'discard' | null> | null;
}

export class Stopping {
  readonly #clock: Clock;
  readonly #exit: (code: number) => void;
  readonly #controller = new AbortController();
  readonly #running = new Set<StoppableTransfer>();
  /** Aborted when the question that is open has no answer to wait for. */
  #question: AbortController | null = null;
  #by: keyof typeof EXIT_CODES = 'SIGINT';

  /** @param exit ends the process at once */
  constructor(clock: Clock, exit: (code: number) => void) {
    this.#clock = clock;
    this.#exit = exit;
  }

  /** Aborted once the process is to end; its reason is a `Stop`, or undefined where nothing had begun. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** What stopped the process from outside; null for a person. */
  get endedBy(): EndingSignal | null {
    return this.#by === 'SIGINT' ? null : this.#by;
  }

  get exitCode(): number {
    return EXIT_CODES[this.#by];
  }

  /** Lets a transfer be stopped; the result takes it off, and with it the question about it. */
  attend(transfer: StoppableTransfer): () => void {
    this.#running.add(transfer);
    return () => {
      this.#running.delete(transfer);
      this.#close();
    };
  }

  /** Ctrl-C. Once: stops, after a question where there is one to ask. While that is open: keeps. After that: ends at once. */
  interrupt(): void {
    if (this.signal.aborted) {
      this.#exit(this.exitCode);
      return;
    }
    if (this.#question !== null) {
      this.#question.abort();
      return;
    }
    const [only, ...others] = this.#running;
    const question = new AbortController();
    const isAsked = only?.isKept() === true && only.hasBegun() && others.length === 0;
    const answer = isAsked ? only.ask(question.signal) : null;
    if (answer === null) this.#abort(this.#unasked('keep'));
    else void this.#await(answer, question);
  }

  /** A signal of the system. A second SIGTERM ends the process at once; of a terminal that is closed several SIGHUP may come. */
  end(by: EndingSignal): void {
    if (this.signal.aborted) {
      if (by === 'SIGTERM') this.#exit(this.exitCode);
      return;
    }
    this.#by = by;
    this.#close();
    this.#abort(this.#unasked('leave'));
  }

  async #await(asked: Promise<'keep' | 'discard' | null>, question: AbortController): Promise<void> {
    this.#question = question;
    const cancel = this.#clock.after(ANSWER_MS, () => question.abort());
    const answer = await asked;
    cancel();
    // The transfer has ended meanwhile, or the process is ended from outside.
    if (this.#question !== question) return;
    this.#question = null;
    this.#abort(answer ?? 'keep');
  }

  /** @param kept where a note is kept */
  #unasked(kept: 'keep' | 'leave'): Stop | undefined {
    const running = [...this.#running];
    // A person who stops a review cancels it; the system ends only this process.
    if (running.some((transfer) => transfer.isKept() && (kept === 'leave' || transfer.hasBegun())))
      return kept;
    // Who has accepted waits for what never comes.
    return running.some((transfer) => transfer.hasBegun()) ? 'end' : undefined;
  }

  /** Takes back the question. */
  #close(): void {
    const question = this.#question;
    this.#question = null;
    question?.abort();
  }

  #abort(stop: Stop | undefined): void {
    if (!this.signal.aborted) this.#controller.abort(stop);
  }
}
