// Tells a person that a connection is missing: once when it begins, when something else is missing for a while, after ten seconds
// without the other side, and when it is over. Never once an attempt.
import { isPeerOnceAfter } from '@p2p-copy/core';
import type { ErrorCode, TransferEvent } from '../../../library/public-types.ts';
import { nodeClock } from '../../../node/time/clock.ts';
import { timeInWords } from '../../../wording/clock-times.ts';
import type { Side } from '../../terminal/exit-codes.ts';
import {
  awayInWords,
  changedOutageInWords,
  foundInWords,
  type Missing,
  type OutageFacts,
  outageInWords,
  type Phase,
  soughtInVain,
} from './outage-in-words.ts';

/** How long something else has to be missing before that is told: attempts may fail now here, now there. */
const SETTLE_MS = 3_000;
/** After this time without the other side a person is told what else can be done. */
const AWAY_MS = 10_000;

/** What the times of an outage are told by. */
export interface OutageClock {
  nowMs(): number;
  /** Ms since 1970. */
  wallMs?(): number;
  after(delayMs: number, callback: () => void): () => void;
}

export interface OutageReportOptions {
  side: Side;
  say(sentence: string): void;
  clock?: OutageClock;
  phase?: Phase;
  /** Whether what goes through a pipe can't go on once the other side is started anew. */
  isOnce?: boolean;
  /** Tells how a sender makes a new code for the same files, if it can; the person may be asked until the signal is aborted. */
  offerNewCode?(isOver: AbortSignal): string;
}

interface Outage {
  missing: Missing;
  /** The last that was told. */
  told: Missing;
  sinceMs: number;
  untilMs: number;
  cancelSettling: () => void;
  cancelAway: () => void;
  isOver: AbortController;
}

export class OutageReport {
  readonly #options: OutageReportOptions;
  readonly #clock: OutageClock;
  #phase: Phase;
  #relay = '';
  #isOnce: boolean;
  /** Whether the other side said that no other process can go on for it. */
  #isPeerOnce = false;
  #outage: Outage | null = null;

  constructor(options: OutageReportOptions) {
    this.#options = options;
    this.#clock = options.clock ?? nodeClock;
    this.#phase = options.phase ?? 'start';
    this.#isOnce = options.isOnce ?? false;
  }

  /** @param relay as it is shown */
  meetsAt(relay: string): void {
    this.#relay = ` at ${relay}`;
  }

  /** Takes every event of the transfer; says those of a connection. */
  event(event: TransferEvent): void {
    this.#isPeerOnce = isPeerOnceAfter(event, this.#isPeerOnce);
    switch (event.type) {
      case 'reconnecting':
        this.#missing(event.missing, event.leftMs);
        break;
      case 'reconnected':
        this.#found(event);
        break;
      case 'code':
      case 'left':
        this.#phase = 'code';
        break;
      case 'code-burned':
      case 'code-lost':
        this.stop();
        this.#phase = 'start';
        break;
      case 'joined':
        this.#phase = 'proving';
        break;
      case 'verifier':
      case 'offer':
        if (this.#phase !== 'running') this.#phase = 'review';
        break;
      case 'accepted':
        this.#phase = 'running';
        if (event.unsized) this.#isOnce = true;
        if (this.#outage !== null) this.#options.say('Accepted. It begins when the connection is back.');
        break;
      default:
        break;
    }
  }

  /** What says more about the end than `code` does; null for nothing. */
  ending(code: ErrorCode): string | null {
    const isPeer = code === 'peer-gone' || code === 'peer-silent';
    if (this.#outage === null || !isPeer) return null;
    return soughtInVain(this.#options.side, this.#time(this.#outage.sinceMs));
  }

  /** Nothing more is told of the outage. */
  stop(): void {
    this.#outage?.cancelSettling();
    this.#outage?.cancelAway();
    this.#outage?.isOver.abort();
  }

  #missing(missing: Missing, leftMs: number): void {
    const outage = this.#outage;
    const wallMs = this.#wallMs();
    if (outage === null) {
      this.#outage = {
        missing,
        told: missing,
        sinceMs: wallMs,
        untilMs: wallMs + leftMs,
        cancelSettling: () => {},
        cancelAway: () => {},
        isOver: new AbortController(),
      };
      this.#options.say(outageInWords(missing, this.#facts(this.#outage)));
      this.#watch(this.#outage);
      return;
    }
    outage.untilMs = wallMs + leftMs;
    if (outage.missing === missing) return;
    outage.missing = missing;
    outage.cancelSettling();
    outage.cancelSettling = this.#clock.after(SETTLE_MS, () => {
      if (outage.told === missing) return;
      outage.told = missing;
      this.#options.say(changedOutageInWords(missing, this.#facts(outage)));
    });
    this.#watch(outage);
  }

  /** Told after ten seconds without the other side, in which a relay was there. */
  #watch(outage: Outage): void {
    outage.cancelAway();
    // A receiver that never met the sender was told so at once.
    if (outage.missing !== 'peer' || this.#phase === 'start') return;
    outage.cancelAway = this.#clock.after(AWAY_MS, () => {
      const newCode = this.#options.offerNewCode?.(outage.isOver.signal) ?? '';
      this.#options.say(awayInWords(this.#facts(outage), this.#time(outage.sinceMs), newCode));
    });
  }

  #found(event: TransferEvent & { type: 'reconnected' }): void {
    const wasTold = this.#outage !== null;
    this.stop();
    this.#outage = null;
    if (wasTold || event.restarted) this.#options.say(foundInWords(event.restarted, this.#phase));
  }

  #facts({ untilMs }: Outage): OutageFacts {
    return {
      side: this.#options.side,
      phase: this.#phase,
      relay: this.#relay,
      isOnce: this.#isPeerOnce || (this.#isOnce && this.#phase === 'running'),
      until: this.#time(untilMs),
    };
  }

  #time(ms: number): string {
    return timeInWords(ms, this.#wallMs());
  }

  #wallMs(): number {
    return this.#clock.wallMs?.() ?? Date.now();
  }
}
