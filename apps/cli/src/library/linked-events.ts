// A sender's events as the library's users hear them: a code comes with its link, for which the relay may be asked how other devices
// find it. Whatever happens meanwhile is told after it.
import { codeLink, type TransferEvent as EngineEvent } from '@p2p-copy/core';
import type { PassedOnRelay, TransferEvent } from './public-types.ts';

/** Tells events in order, each code once it is known how it is passed on. */
export class LinkedEvents {
  readonly #tell: (event: TransferEvent) => void;
  readonly #relay: PassedOnRelay | (() => Promise<PassedOnRelay>);
  /** Pending while something waits to be told. */
  #telling: Promise<void> | null = null;

  /** @param relay a function is asked for each code, since the relay may be another one after a restart; it never rejects */
  constructor(tell: (event: TransferEvent) => void, relay: PassedOnRelay | (() => Promise<PassedOnRelay>)) {
    this.#tell = tell;
    this.#relay = relay;
  }

  take(event: EngineEvent | Exclude<TransferEvent, { type: 'code' }>): void {
    const relay = this.#relay;
    if (event.type === 'code' && typeof relay === 'function')
      this.#follow(async () => this.#tell(withLink(event, await relay())));
    else {
      const told = event.type === 'code' ? withLink(event, relay as PassedOnRelay) : event;
      if (this.#telling === null) this.#tell(told);
      else this.#follow(async () => this.#tell(told));
    }
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

function withLink({ code, validMs }: EngineEvent & { type: 'code' }, relay: PassedOnRelay): TransferEvent {
  return { type: 'code', code, url: codeLink(relay.address, code, relay.fingerprint), validMs, relay };
}
