// Both directions between the two ends of a pair, and what passed through them.
import type { Role } from '@p2p-copy/core/relay-protocol';
import { type Limiter, PipeDirection, type PipeLimits, type PipeSocket } from './pipe-direction.ts';

/** An end as its pipe sees it. */
export interface PipeEnd {
  readonly socket: PipeSocket;
  /** Called when it has taken bytes. */
  sawLife(): void;
}

/** The limits of a pair. */
export interface PipeLimiter {
  readonly toReceiver: Limiter;
  readonly toSender: Limiter;
  end(): void;
}

export class Pipe {
  readonly toReceiver: PipeDirection;
  readonly toSender: PipeDirection;
  readonly startedMs: number;
  readonly #limiter: PipeLimiter | null;
  #isEnded = false;

  /** @param limiter null for a pair without limits */
  constructor(
    sender: PipeEnd,
    receiver: PipeEnd,
    limits: PipeLimits,
    limiter: PipeLimiter | null,
    startedMs: number,
  ) {
    this.startedMs = startedMs;
    this.#limiter = limiter;
    const direction = (source: PipeEnd, target: PipeEnd, ofDirection: Limiter | null) =>
      new PipeDirection(source.socket, target.socket, limits, ofDirection, () => target.sawLife());
    this.toReceiver = direction(sender, receiver, limiter?.toReceiver ?? null);
    this.toSender = direction(receiver, sender, limiter?.toSender ?? null);
  }

  /** Marks the end of the pair; false when its other end has marked it before. */
  end(): boolean {
    if (this.#isEnded) return false;
    this.#isEnded = true;
    this.#limiter?.end();
    return true;
  }

  from(role: Role): PipeDirection {
    return role === 'sender' ? this.toReceiver : this.toSender;
  }

  towards(role: Role): PipeDirection {
    return role === 'sender' ? this.toSender : this.toReceiver;
  }
}
