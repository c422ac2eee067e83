// What the table of errors says of each.

/** Whose fault: decides what a person is told to do. */
type Fault = 'local' | 'peer' | 'relay' | 'network' | 'person';

/** One row of the table of errors. */
export interface ErrorRow {
  /** Number in `abort`, `decline` and `file-failed` messages; null for what never crosses the wire. */
  wire: number | null;
  fault: Fault;
  /** Whether the same action may succeed when simply tried again. */
  retry: boolean;
  /** What happened, for people. */
  sentence: string;
  /** What to do next, for people. */
  next: string;
}

export function row(
  wire: number | null,
  fault: Fault,
  retry: boolean,
  sentence: string,
  next: string,
): ErrorRow {
  return { wire, fault, retry, sentence, next };
}
