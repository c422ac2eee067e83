// What a running command tells: the same happenings, in sentences for people or as JSON lines for programs.
import type { ErrorCode, ReceiveResult, SendResult, TransferEvent } from '../../library/public-types.ts';

/** What this process moved of a transfer, and how long it took from the first acceptance on. */
export interface Moved {
  movedBytes: number;
  elapsedMs: number;
}

export interface Report {
  event(event: TransferEvent): void;
  /** Something was left out; the transfer goes on. */
  warning(sentence: string): void;
  /** The relay at which the ends meet. */
  meetsAt(relay: string): void;
  /** From now on the transfer can be continued under that id, whatever happens. */
  kept(id: string): void;
  /** It can't be continued after all. */
  notKept(id: string): void;
  /** A message arrived, as its sender wrote it. */
  text(text: string): void;
  /** @param moved null where that isn't counted */
  done(result: SendResult | ReceiveResult, moved: Moved | null): void;
  /** What happened, and what to do next. */
  failed(code: ErrorCode, sentence: string, next: string): void;
  /** Takes away what changes in place. Comes before `done` and `failed`. */
  stop(): void;
}
