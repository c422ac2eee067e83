// How a catalogue tells what ended a transfer.
import type { ErrorCode, Side } from '@p2p-copy/core';

export interface Problem {
  /** What happened. */
  sentence: string;
  /** What to do next. */
  next: string;
}

/** As a catalogue has it: some next steps differ between the sides. */
interface ProblemWords extends Problem {
  ofSide?: Partial<Record<Side, string>>;
}

/** What is absent is said in core's words. */
export type Problems = Partial<Record<ErrorCode, Partial<ProblemWords>>>;
/** Core speaks English only, so any other language says all. */
export type AllProblems = Record<ErrorCode, ProblemWords>;
