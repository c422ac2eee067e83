// The worker's script, loaded with as many attempts as it takes: what is posted meanwhile waits for it.
import { ENGINE_READY } from '../contract/messages.ts';

/** Between attempts, in ms. After the last one everyone is told; the next message begins anew. */
const PAUSES_MS = [250, 500, 1000, 2000];

/** Who hears how it goes with a worker. */
export interface WorkerWatch {
  /** Its script can't be had: nothing that was posted has been heard. */
  onMissing(): void;
  /** It runs, and something in it failed. */
  onCrash(message: string): void;
}

interface Waiting {
  message: unknown;
  transfer: Transferable[];
}

export class EngineWorker {
  readonly #open: () => Worker;
  readonly #watch: WorkerWatch;
  /** Null until it says that it hears. */
  #ready: Worker | null = null;
  #isLoading = true;
  #waiting: Waiting[] = [];

  /**
   * Begins to load it.
   * @param open starts the worker; called for each attempt
   * @param soon when to begin: at once unless it is given
   */
  constructor(open: () => Worker, watch: WorkerWatch, soon = (begin: () => void) => begin()) {
    this.#open = open;
    this.#watch = watch;
    soon(() => this.#load(0));
  }

  /** Keeps the order. What is transferred stays here until the worker hears. */
  post(message: unknown, transfer: Transferable[]): void {
    if (this.#ready !== null) {
      this.#ready.postMessage(message, transfer);
      return;
    }
    this.#waiting.push({ message, transfer });
    if (!this.#isLoading) this.#load(0);
  }

  #load(attempt: number): void {
    this.#isLoading = true;
    const worker = this.#open();
    worker.onmessage = ({ data }) => {
      if (data === ENGINE_READY) this.#take(worker);
    };
    worker.onerror = (event) => {
      if (this.#ready !== null) return this.#watch.onCrash(event.message);
      // It never runs any more.
      worker.terminate();
      const pauseMs = PAUSES_MS[attempt];
      if (pauseMs !== undefined) setTimeout(() => this.#load(attempt + 1), pauseMs);
      else this.#giveUp();
    };
  }

  #take(worker: Worker): void {
    this.#ready = worker;
    this.#isLoading = false;
    for (const { message, transfer } of this.#waiting.splice(0)) worker.postMessage(message, transfer);
  }

  #giveUp(): void {
    this.#isLoading = false;
    this.#waiting = [];
    this.#watch.onMissing();
  }
}
