// Port: time.

/** Time as core sees it; a test gives one of its own. */
export interface Clock {
  /** Milliseconds, monotonic. */
  nowMs(): number;
  /** Calls back once after `delayMs`; the result cancels. */
  after(delayMs: number, callback: () => void): () => void;
}
