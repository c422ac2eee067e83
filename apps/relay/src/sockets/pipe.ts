// Both directions between the two ends of a pair, and what passed through them.
import type { Role } from '@p2p-copy/core/relay-protocol';
import { PipeDirection, type PipeLimits, type PipeSocket } from './pipe-direction.ts';

/** An end as its pipe sees it. */
export interface PipeEnd {
  readonly socket: PipeSocket;
  /** Called when it has taken bytes. */
  sawLife(): void;
}

export class Pipe {
  readonly toReceiver: PipeDirection;
  readonly toSender: PipeDirection;
  readonly startedMs: number;
  #isEnded = false;

  constructor(sender: PipeEnd, receiver: PipeEnd, limits: PipeLimits, startedMs: number) {
    this.startedMs = startedMs;
    this.toReceiver = new PipeDirection(sender.socket, receiver.socket, limits, () => receiver.sawLife());
    this.toSender = new PipeDirection(receiver.socket, sender.socket, limits, () => sender.sawLife());
  }

  /** Marks the end of the pair; false when its other end has marked it before. */
  end(): boolean {
    if (this.#isEnded) return false;
    this.#isEnded = true;
    return true;
  }

  from(role: Role): PipeDirection {
    return role === 'sender' ? this.toReceiver : this.toSender;
  }

  towards(role: Role): PipeDirection {
    return role === 'sender' ? this.toSender : this.toReceiver;
  }
}
