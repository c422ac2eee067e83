// What a running command tells: the same happenings, in sentences for people or as JSON lines for programs.
import type { ReceiveResult, SendResult, TransferEvent } from '../../library/public-types.ts';

export interface Report {
  event(event: TransferEvent): void;
  /** Something was left out; the transfer goes on. */
  warning(sentence: string): void;
  /** From now on the transfer can be continued under that id, whatever happens. */
  kept(id: string): void;
  /** A message arrived, as its sender wrote it. */
  text(text: string): void;
  done(result: SendResult | ReceiveResult): void;
  /** What happened, and what to do next. */
  failed(code: string, sentence: string, next: string): void;
  /** Takes away what changes in place. Comes before `done` and `failed`. */
  stop(): void;
}
