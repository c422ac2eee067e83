// Port: time.

/** Time as core sees it; a test gives one of its own. */
export interface Clock {
  /** Milliseconds, monotonic. */
  nowMs(): number;
  /** Milliseconds since 1970. Jumps when somebody sets the clock, and over a sleep in which `nowMs` stands still. */
  wallMs?(): number;
  /** Calls back once after `delayMs`; the result cancels. */
  after(delayMs: number, callback: () => void): () => void;
  /**
   * Resolves in a later turn of the event loop, when sockets, timers and signals that wait have had theirs. Without it a
   * timer of 0 ms serves.
   */
  turn?(): Promise<void>;
}
