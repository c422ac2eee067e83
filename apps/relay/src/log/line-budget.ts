// Bounds the log: strangers decide how often they are refused, and must not fill a disk with it. What is over the
// budget of a minute is counted, and told in one line at the minute's end.
import type { Clock } from '@p2p-copy/core/foundation';
import type { RelayLog } from '../foundation/relay-log.ts';

/** Lines whose number depends on clients, by their message, each with its level and a budget of its own. */
const LEVELS = {
  refused: 'info',
  'closed a connection': 'debug',
  'pair started': 'info',
  'pair ended': 'info',
} as const;

export type BoundedLine = keyof typeof LEVELS;

const MINUTE_MS = 60_000;
const NO_REASON = '';

interface Window {
  left: number;
  /** Lines left out, by the reason, where the kind has one. */
  suppressed: Map<string, number>;
  cancelEnd: () => void;
}

export interface LineLimits {
  /** Read when a minute begins. */
  readonly logLinesPerMinute: number;
}

export class LineBudget {
  readonly #limits: LineLimits;
  readonly #log: RelayLog;
  readonly #clock: Clock;
  readonly #windows = new Map<BoundedLine, Window>();

  constructor(limits: LineLimits, log: RelayLog, clock: Clock) {
    this.#limits = limits;
    this.#log = log;
    this.#clock = clock;
  }

  /**
   * Writes a line, or counts it where the minute's budget is spent.
   * @param reason one of a bounded set: the counts of lines left out are kept by it
   */
  write(line: BoundedLine, fields: object, reason = NO_REASON): void {
    const window = this.#windows.get(line) ?? this.#open(line);
    if (window.left > 0) {
      window.left -= 1;
      this.#log[LEVELS[line]](fields, line);
    } else {
      window.suppressed.set(reason, (window.suppressed.get(reason) ?? 0) + 1);
    }
  }

  /** Tells what was left out, and sets no timer any more. */
  close(): void {
    for (const [line, { cancelEnd }] of [...this.#windows]) {
      cancelEnd();
      this.#end(line);
    }
  }

  /** A minute begins with the first line. */
  #open(line: BoundedLine): Window {
    const cancelEnd = this.#clock.after(MINUTE_MS, () => this.#end(line));
    const window: Window = { left: this.#limits.logLinesPerMinute, suppressed: new Map(), cancelEnd };
    this.#windows.set(line, window);
    return window;
  }

  #end(line: BoundedLine): void {
    const suppressed = this.#windows.get(line)?.suppressed;
    this.#windows.delete(line);
    if (suppressed === undefined || suppressed.size === 0) return;
    const lines = [...suppressed.values()].reduce((sum, more) => sum + more, 0);
    const { [NO_REASON]: _, ...reasons } = Object.fromEntries(suppressed);
    const byReason = Object.keys(reasons).length > 0 ? { reasons } : {};
    this.#log[LEVELS[line]]({ of: line, lines, ...byReason }, 'lines left out in the last minute');
  }
}
