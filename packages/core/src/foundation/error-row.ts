// What the table of errors says of each.

/** Whose fault: decides what a person is told to do. */
type Fault = 'local' | 'peer' | 'relay' | 'network' | 'person';

/** One way to end other than well. */
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

/** A row of the table, in the order of its columns. */
export function row(
  wire: number | null,
  fault: Fault,
  retry: boolean,
  sentence: string,
  next: string,
): ErrorRow {
  return { wire, fault, retry, sentence, next };
}
