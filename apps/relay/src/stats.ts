// What the relay tells its operator: a log line as things happen, and their counts at its end. Never a code, a key or
// a full address.
import type { Ending } from './ending.ts';
import { truncateAddress } from './limits/address-block.ts';
import type { Pipe } from './sockets/pipe.ts';

/** The part of fastify's logger that the relay writes to. */
export interface RelayLog {
  error(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  info(fields: object, message: string): void;
  debug(fields: object, message: string): void;
}

export class Stats {
  readonly #log: RelayLog;
  readonly #closes = new Map<Ending, number>();
  #endedPairs = 0;
  #passedBytes = 0;
  #refusedTcp = 0;
  #refusedOrigins = 0;
  #faults = 0;
  #hasSaidUnnamed = false;

  constructor(log: RelayLog) {
    this.#log = log;
  }

  /** How pairs and connections ended, as fields of the last line. */
  get tally(): object {
    return {
      endedPairs: this.#endedPairs,
      passedBytes: this.#passedBytes,
      closes: Object.fromEntries(this.#closes),
      refusedTcp: this.#refusedTcp,
      refusedOrigins: this.#refusedOrigins,
      faults: this.#faults,
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

  /** A TCP connection was cut at once: its address has too many, or all have. */
  refusedTcp(): void {
    this.#refusedTcp += 1;
  }

  /** A web page of another site asked for a WebSocket. */
  refusedOrigin(): void {
    this.#refusedOrigins += 1;
  }

  /** A trusted proxy asks for a WebSocket and doesn't say for whom. */
  unnamedClient(): void {
    if (this.#hasSaidUnnamed) return;
    this.#hasSaidUnnamed = true;
    this.#log.warn(
      {},
      'a trusted proxy sends no X-Forwarded-For: all its clients share the limits of one address',
    );
  }

  /** Something that runs by a timer, takes connections, or hears one, has failed, and the relay goes on. Told once. */
  fault(error: unknown): void {
    this.#faults += 1;
    if (this.#faults === 1) this.#log.error({ err: error }, 'a part of the relay failed; it goes on');
  }

  closed(ending: Ending, ip: string): void {
    this.#closes.set(ending, (this.#closes.get(ending) ?? 0) + 1);
    this.#log.debug({ close: ending, from: truncateAddress(ip) }, 'closed a connection');
  }
}
