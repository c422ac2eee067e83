// How a catalogue tells what ended a transfer.
import type { ErrorCode } from '@p2p-copy/core';

export interface Problem {
  /** What happened. */
  sentence: string;
  /** What to do next. */
  next: string;
}

/** What is absent is said in core's words. */
export type Problems = Partial<Record<ErrorCode, Partial<Problem>>>;
/** Core speaks English only, so any other language says all. */
export type AllProblems = Record<ErrorCode, Problem>;
