// What the relay tells its operator: counts for /metrics and for its last line, and a log line as things happen. Never a
// code or a key; of an address, the part that the operator chose.
import type { Ending } from '../endings/ending.ts';
import { isRefusal, type RefusalReason } from '../endings/refusal.ts';
import type { RelayLog } from '../foundation/relay-log.ts';
import type { LineBudget } from '../log/line-budget.ts';
import { type LogAddresses, loggedAddress } from '../log/logged-address.ts';
import type { Pipe } from '../sockets/pipe.ts';
import type { StunOutcome } from '../stun/stun-responder.ts';

/** Whose times are measured one by one. */
export interface PairingTimes {
  /** From the first message of the end that came first to `ready`. */
  waitedMs: number;
  /** From the WebSocket of the end that came last to `ready`. */
  pairingMs: number;
}

export interface StatsOptions {
  /** Read at each line. */
  readonly logAddresses: LogAddresses;
}

export class Stats {
  readonly #log: RelayLog;
  readonly #budget: LineBudget;
  readonly #options: StatsOptions;
  readonly #endings = new Map<Ending, number>();
  readonly #refusals = new Map<RefusalReason, number>();
  readonly #startedPairs = new Map<string, number>();
  readonly #stun = new Map<StunOutcome, number>();
  #endedPairs = 0;
  #toReceiverBytes = 0;
  #toSenderBytes = 0;
  #faults = 0;
  #hasSaidUnnamed = false;
  /** Hears of each pair. */
  onPairing: (times: PairingTimes) => void = () => {};

  constructor(log: RelayLog, budget: LineBudget, options: StatsOptions) {
    this.#log = log;
    this.#budget = budget;
    this.#options = options;
  }

  /** How pairs and connections ended, as fields of the last line. */
  get tally(): object {
    return {
      endedPairs: this.#endedPairs,
      passedBytes: this.#toReceiverBytes + this.#toSenderBytes,
      closes: Object.fromEntries(this.#endings),
      refusals: Object.fromEntries(this.#refusals),
      faults: this.#faults,
    };
  }

  get faults(): number {
    return this.#faults;
  }

  /** Bytes of messages that pairs which have ended passed on. */
  get endedBytes(): { toReceiver: number; toSender: number } {
    return { toReceiver: this.#toReceiverBytes, toSender: this.#toSenderBytes };
  }

  /** Pairs so far, by the dialect of their ends. */
  get startedPairs(): ReadonlyMap<string, number> {
    return this.#startedPairs;
  }

  /** Connections that the relay closed, by the reason. */
  get endings(): ReadonlyMap<Ending, number> {
    return this.#endings;
  }

  /** What was refused, by the reason. */
  get refusals(): ReadonlyMap<RefusalReason, number> {
    return this.#refusals;
  }

  /** Datagrams at the STUN server, by what became of them. */
  get stun(): ReadonlyMap<StunOutcome, number> {
    return this.#stun;
  }

  /** Only counted: their addresses may be forged, and a line of each would be written by whoever likes. */
  stunDatagram(outcome: StunOutcome): void {
    count(this.#stun, outcome);
  }

  pairStarted(pairs: number, dialect: string, times: PairingTimes): void {
    count(this.#startedPairs, dialect);
    this.onPairing(times);
    this.#budget.write('pair started', { pairs, dialect });
  }

  pairEnded({ toReceiver, toSender, startedMs }: Pipe, nowMs: number): void {
    this.#endedPairs += 1;
    this.#toReceiverBytes += toReceiver.passedBytes;
    this.#toSenderBytes += toSender.passedBytes;
    this.#budget.write('pair ended', {
      toReceiverBytes: toReceiver.passedBytes,
      toSenderBytes: toSender.passedBytes,
      durationMs: Math.round(nowMs - startedMs),
    });
  }

  /** A connection or request was refused before it could be closed with an ending: by TCP, by HTTP, while draining. */
  refused(reason: Exclude<RefusalReason, Ending>, ip: string): void {
    this.#refuse(reason, ip);
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
    count(this.#endings, ending);
    if (isRefusal(ending)) this.#refuse(ending, ip);
    else this.#budget.write('closed a connection', { close: ending, ...this.#from(ip) });
  }

  #refuse(reason: RefusalReason, ip: string): void {
    count(this.#refusals, reason);
    this.#budget.write('refused', { reason, ...this.#from(ip) }, reason);
  }

  #from(ip: string): { from?: string } {
    const from = loggedAddress(ip, this.#options.logAddresses);
    return from === null ? {} : { from };
  }
}

function count<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
