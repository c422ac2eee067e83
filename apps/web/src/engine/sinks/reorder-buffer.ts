// One file's pieces, which come nearly in order, as a stream in order. A piece counts as written once it has been taken, so
// what waits here is part of the window that the receiver grants, and bounded by it.
import { TransferError } from '@p2p-copy/core';

interface Waiting {
  bytes: Uint8Array;
  taken: () => void;
  refused: (error: unknown) => void;
}

export class ReorderBuffer {
  readonly #waiting = new Map<number, Waiting>();
  #position = 0;
  #hasBegun = false;
  #isEnded = false;
  #isDropped = false;
  #failure: { error: unknown } | null = null;
  #wake = () => {};

  /**
   * Resolves when the bytes, which belong to the buffer until then, have been taken.
   * @throws TransferError those of `fail`
   */
  put(offset: number, bytes: Uint8Array): Promise<void> {
    return new Promise((taken, refused) => {
      if (this.#failure !== null) return refused(this.#failure.error);
      this.#waiting.set(offset, { bytes, taken, refused });
      if (offset === this.#position) this.#wake();
    });
  }

  /** All was put. */
  end(): void {
    this.#isEnded = true;
    this.#wake();
  }

  /** The file isn't wanted any more; false when some of it was taken already. */
  drop(): boolean {
    this.#isDropped = !this.#hasBegun;
    this.#wake();
    return this.#isDropped;
  }

  /** Turns away what waits and what comes, and whoever reads. */
  fail(error: unknown): void {
    this.#failure = { error };
    for (const { refused } of this.#waiting.values()) refused(error);
    this.#waiting.clear();
    this.#wake();
  }

  /**
   * Resolves when there is something to read, or nothing will come; false for a dropped file.
   * @throws TransferError those of `fail`
   */
  async ready(): Promise<boolean> {
    while (this.#failure === null && !this.#isDropped && !this.#isEnded && !this.#waiting.has(0)) {
      await this.#change();
    }
    if (this.#failure !== null) throw this.#failure.error;
    this.#hasBegun = !this.#isDropped;
    return this.#hasBegun;
  }

  /**
   * To be read once, after `ready`; what was yielded is taken when the next is asked for.
   * @throws TransferError those of `fail`, `sink-failed`
   */
  async *read(): AsyncGenerator<Uint8Array> {
    for (;;) {
      if (this.#failure !== null) throw this.#failure.error;
      const next = this.#waiting.get(this.#position);
      if (next !== undefined) {
        yield next.bytes;
        this.#waiting.delete(this.#position);
        this.#position += next.bytes.length;
        next.taken();
      } else if (!this.#isEnded) {
        await this.#change();
      } else if (this.#waiting.size > 0) {
        throw new TransferError('sink-failed', 'A part of the content is missing.');
      } else return;
    }
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}
