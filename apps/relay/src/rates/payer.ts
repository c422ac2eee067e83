// Whom a connection's bytes are counted for, besides its address: the holder of an access token.

export interface Payer {
  /** Tells it from others: pairs of one name share what it may have. */
  readonly name: string;
  /** Null for the relay's own setting. */
  readonly bytesPerSecond: number | null;
  readonly bytesPerDay: number | null;
}
