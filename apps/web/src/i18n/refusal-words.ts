// How a catalogue tells of a browser that refuses a call on a file or on its storage.

export interface RefusedCall {
  /** Completes `“x” cannot be read: …`. */
  reason: string;
  /** A sentence: what the person can do. */
  advice: string;
}
