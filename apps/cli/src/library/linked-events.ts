// A sender's events as the library's users hear them: a code comes with its link, for which the relay is asked how other devices
// find it. Whatever happens meanwhile is told after it.
import { codeLink, type TransferEvent as EngineEvent } from '@p2p-copy/core';
import type { PassedOnRelay, TransferEvent } from './public-types.ts';

/** Tells events in order, each code once it is known how it is passed on. */
export class LinkedEvents {
  readonly #tell: (event: TransferEvent) => void;
  readonly #findRelay: () => Promise<PassedOnRelay>;
  /** Pending while something waits to be told. */
  #telling: Promise<void> | null = null;

  /** @param findRelay never rejects; asked for each code, since the relay may be another one after a restart */
  constructor(tell: (event: TransferEvent) => void, findRelay: () => Promise<PassedOnRelay>) {
    this.#tell = tell;
    this.#findRelay = findRelay;
  }

  take(event: EngineEvent): void {
    if (event.type === 'code') {
      const { code, validMs } = event;
      this.#follow(async () => {
        const relay = await this.#findRelay();
        const url = codeLink(relay.address, code, relay.fingerprint);
        this.#tell({ type: 'code', code, url, validMs, relay });
      });
    } else if (this.#telling === null) this.#tell(event);
    else this.#follow(async () => this.#tell(event));
  }

  /** Resolves when all is told. */
  async told(): Promise<void> {
    while (this.#telling !== null) await this.#telling;
  }

  #follow(task: () => Promise<void>): void {
    const telling = (this.#telling ?? Promise.resolve()).then(task).finally(() => {
      if (this.#telling === telling) this.#telling = null;
    });
    this.#telling = telling;
  }
}
