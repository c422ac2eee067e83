// Counts how pairs and connections ended, for the log line at the relay's own end. Every ending has a name.
import type { CloseName } from '@p2p-copy/core/relay-protocol';
import type { Pipe } from './sockets/pipe.ts';

export class Tally {
  readonly #closes = new Map<CloseName, number>();
  #pairs = 0;
  #bytes = 0;

  countClose(close: CloseName): void {
    this.#closes.set(close, (this.#closes.get(close) ?? 0) + 1);
  }

  countPair(pipe: Pipe): void {
    this.#pairs += 1;
    this.#bytes += pipe.toReceiver.passedBytes + pipe.toSender.passedBytes;
  }

  asFields(): object {
    return { endedPairs: this.#pairs, passedBytes: this.#bytes, closes: Object.fromEntries(this.#closes) };
  }
}
