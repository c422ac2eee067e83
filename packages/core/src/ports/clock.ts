// Port: time.

export interface Clock {
  /** Milliseconds, monotonic. */
  nowMs(): number;
  /** Calls back once after `delayMs`; the result cancels. */
  after(delayMs: number, callback: () => void): () => void;
}
