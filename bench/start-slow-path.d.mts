/** bench/slow-path.mjs before a relay, for tests too. */
export interface SlowPath {
  url: string;
  /** Connections that came, so far. */
  connections(): number;
  close(): void;
}

export function startSlowPath(relayUrl: string, options: readonly string[]): Promise<SlowPath>;
