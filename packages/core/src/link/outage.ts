// The news that an end has no connection: what is missing, told when it begins, when it changes, and when it is over. A relay that
// says that it shuts down is given a moment to be replaced before anybody is told.

import type { Clock } from '../foundation/clock.ts';
import type { ErrorCode } from '../foundation/error-table.ts';
import { TransferError } from '../foundation/errors.ts';
import type { Missing, Outage } from '../ports/rendezvous.ts';

/** How long a planned end of a connection, and the wait for an end that may be about to come, stay without news. */
const QUIET_MS = 3_000;

/** Errors after which it is the other end that is missed, though the relay was reached. */
const OF_THE_PEER: ReadonlySet<ErrorCode> = new Set(['peer-gone', 'peer-silent', 'sender-away']);
/** Errors that say nothing of either. */
const SILENT: ReadonlySet<ErrorCode> = new Set(['interrupted', 'protocol-violation', 'wrong-code']);

/** Tells of outages: each once, and each change of what is missing. */
export class OutageNews {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #tell: (outage: Outage | null) => void;
  #sinceMs = 0;
  #missing: Missing | null = null;
  #isTold = false;
  #cancelQuiet = () => {};

  /**
   * @param timeoutMs how long what is missing is sought
   * @param tell told null when nothing is missing any more
   */
  constructor(clock: Clock, timeoutMs: number, tell: (outage: Outage | null) => void) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
    this.#tell = tell;
  }

  /** A connection is lost or couldn't be had, now or again. */
  begin(error: TransferError): void {
    if (SILENT.has(error.code)) return;
    const isFirst = this.#missing === null;
    this.#note(OF_THE_PEER.has(error.code) ? 'peer' : 'relay');
    if (isFirst && !error.isPlanned) this.#news();
  }

  /** For an attempt that reaches the relay: from then on only the other end is missing, and is to blame if it stays so. */
  reached(blame: (error: TransferError) => void): void {
    blame(new TransferError('peer-gone'));
    this.#note('peer');
  }

  /** There is a connection again. */
  end(): void {
    const wasTold = this.#isTold;
    this.close();
    if (wasTold) this.#tell(null);
  }

  /** Nothing more is told of this outage. */
  close(): void {
    this.#cancelQuiet();
    this.#missing = null;
    this.#isTold = false;
  }

  /** What begins is told in a moment, unless it is over by then; what changes, at once. */
  #note(missing: Missing): void {
    const before = this.#missing;
    this.#missing = missing;
    if (before === null) {
      this.#sinceMs = this.#clock.nowMs();
      this.#cancelQuiet = this.#clock.after(QUIET_MS, () => this.#news());
    } else if (before !== missing && this.#isTold) this.#news();
  }

  #news(): void {
    if (this.#missing === null) return;
    this.#cancelQuiet();
    this.#isTold = true;
    const leftMs = Math.max(0, Math.round(this.#sinceMs + this.#timeoutMs - this.#clock.nowMs()));
    this.#tell({ missing: this.#missing, leftMs });
  }
}
