// How much the members of rooms may say: messages and bytes a minute of each connection, address and IPv6 site. What is over
// is owed, so nothing waits here, and each connection waits until all that it owes is paid.
import { Allowance } from '../limits/allowance.ts';
import { AttemptRate, steady } from '../limits/attempt-rate.ts';

export interface RoomRateSettings {
  roomMessagesPerMinute: number;
  roomMessagesPerMinutePerAddress: number;
  roomMessagesPerMinutePerSite: number;
  roomBytesPerMinute: number;
  roomBytesPerMinutePerAddress: number;
  roomBytesPerMinutePerSite: number;
}

/** What something cost: what was said, and what the relay wrote because of it. */
export interface Cost {
  messages: number;
  bytes: number;
}

/** Of one connection. */
export class Budget {
  readonly #messages: Allowance;
  readonly #bytes: Allowance;

  constructor(settings: RoomRateSettings, nowMs: number) {
    this.#messages = new Allowance(settings.roomMessagesPerMinute, nowMs);
    this.#bytes = new Allowance(settings.roomBytesPerMinute, nowMs);
  }

  /** How long until it is paid, in ms. */
  charge({ messages, bytes }: Cost, nowMs: number): number {
    return Math.max(this.#messages.owe(messages, nowMs), this.#bytes.owe(bytes, nowMs));
  }
}

/** Of addresses and sites. */
export class RoomRates {
  readonly #messages: AttemptRate;
  readonly #bytes: AttemptRate;

  constructor(settings: RoomRateSettings) {
    this.#messages = new AttemptRate(
      () => steady(settings.roomMessagesPerMinutePerAddress),
      () => steady(settings.roomMessagesPerMinutePerSite),
    );
    this.#bytes = new AttemptRate(
      () => steady(settings.roomBytesPerMinutePerAddress),
      () => steady(settings.roomBytesPerMinutePerSite),
    );
  }

  charge(address: string, { messages, bytes }: Cost, nowMs: number): void {
    this.#messages.owe(address, messages, nowMs);
    this.#bytes.owe(address, bytes, nowMs);
  }

  /** How long until the address owes nothing, in ms. */
  waitMs(address: string, nowMs: number): number {
    return Math.max(this.#messages.waitMs(address, nowMs), this.#bytes.waitMs(address, nowMs));
  }
}
