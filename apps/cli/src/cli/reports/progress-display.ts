// Shows a transfer's progress: a line that changes in place on a terminal, now and then a plain line elsewhere.
import { type Progress, ProgressMeter } from '@p2p-copy/core';
import { every, nodeClock } from '../../node/time/clock.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { progressInWords, progressLine } from './progress-line.ts';

const REDRAW_MS = 100;
/** Without events the line is drawn again all the same, so that a stall shows. */
const TICK_MS = 1_000;
const PLAIN_LINE_MS = 5_000;
const PLAIN_LINE_FRACTION = 0.1;

export class ProgressDisplay {
  readonly #terminal: Terminal;
  readonly #meter = new ProgressMeter(nodeClock);
  readonly #stopTicking: () => void;
  #drawnMs = nodeClock.nowMs();
  #drawnFraction = 0;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    this.#stopTicking = every(TICK_MS, () => this.#draw(nodeClock.nowMs()));
  }

  update(progress: Progress): void {
    this.#meter.update(progress);
    const nowMs = nodeClock.nowMs();
    if (nowMs - this.#drawnMs >= REDRAW_MS) this.#draw(nowMs);
  }

  stop(): void {
    this.#stopTicking();
    if (this.#terminal.hasStatusLine) this.#terminal.status('');
  }

  #draw(nowMs: number): void {
    if (this.#terminal.hasStatusLine) {
      this.#drawnMs = nowMs;
      this.#terminal.status(progressLine(this.#meter, this.#terminal.columns));
    } else {
      this.#sayWhenDue(nowMs);
    }
  }

  #sayWhenDue(nowMs: number): void {
    const fraction = this.#meter.fraction ?? 0;
    const isDue =
      nowMs - this.#drawnMs >= PLAIN_LINE_MS || fraction - this.#drawnFraction >= PLAIN_LINE_FRACTION;
    // All of it is said by the last line of the report.
    if (!isDue || fraction === 1) return;
    this.#drawnMs = nowMs;
    this.#drawnFraction = fraction;
    this.#terminal.say(progressInWords(this.#meter));
  }
}
