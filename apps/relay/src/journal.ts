// What the relay tells its operator: a log line as things happen, and their counts at its end. Never a code, a key or
// a full address.
import type { Ending } from './ending.ts';
import { truncateAddress } from './limits/address-block.ts';
import type { Pipe } from './sockets/pipe.ts';

/** The part of fastify's logger that the relay writes to. */
export interface RelayLog {
  warn(fields: object, message: string): void;
  info(fields: object, message: string): void;
  debug(fields: object, message: string): void;
}

export class Journal {
  readonly #log: RelayLog;
  readonly #closes = new Map<Ending, number>();
  #endedPairs = 0;
  #passedBytes = 0;

  constructor(log: RelayLog) {
    this.#log = log;
  }

  /** How pairs and connections ended, as fields of the last line. */
  get tally(): object {
    return {
      endedPairs: this.#endedPairs,
      passedBytes: this.#passedBytes,
      closes: Object.fromEntries(this.#closes),
    };
  }

  pairStarted(pairs: number, dialect: string): void {
    this.#log.info({ pairs, dialect }, 'pair started');
  }

  pairEnded({ toReceiver, toSender, startedMs }: Pipe, nowMs: number): void {
    this.#endedPairs += 1;
    this.#passedBytes += toReceiver.passedBytes + toSender.passedBytes;
    const fields = {
      toReceiverBytes: toReceiver.passedBytes,
      toSenderBytes: toSender.passedBytes,
      durationMs: Math.round(nowMs - startedMs),
    };
    this.#log.info(fields, 'pair ended');
  }

  closed(ending: Ending, ip: string): void {
    this.#closes.set(ending, (this.#closes.get(ending) ?? 0) + 1);
    this.#log.debug({ close: ending, from: truncateAddress(ip) }, 'closed a connection');
  }
}
