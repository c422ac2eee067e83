// What a relay tells of how other devices find it, at `GET /addresses`: untrusted, and of an older relay nothing.
// docs/PROTOCOL.md section 4.

/** How a relay is found by other devices. */
export interface ToldAddresses {
  /** Https origins, the best first. */
  readonly addresses: readonly string[];
  /** Those of them where the relay itself listens: no path of a proxy's is there. */
  readonly listening: readonly string[];
  /** SHA-256 in upper-case hex of its certificate where nobody vouches for that; null for any other. */
  readonly fingerprint: string | null;
  /** SHA-256 in lower-case hex of the command line that it serves; null where it serves none. */
  readonly command: string | null;
}

/** The parsed answer, of which only what has its form is taken. Never throws. */
export function readToldAddresses(answer: unknown): ToldAddresses {
  const { addresses, listening, fingerprint, command } = Object(answer) as Record<string, unknown>;
  return {
    addresses: originsIn(addresses),
    listening: originsIn(listening),
    fingerprint: isDigest(fingerprint) ? fingerprint.toUpperCase() : null,
    command: isDigest(command) ? command.toLowerCase() : null,
  };
}

/**
 * The address under which other devices find a relay.
 * @param own address by which this end reaches it
 * @param origin one of `addresses`
 * @returns without a slash at its end
 */
export function toldAddress({ listening }: ToldAddresses, own: string, origin: string): string {
  // The path of a proxy that this end goes by.
  const path = listening.includes(origin) ? '' : new URL(own).pathname;
  return `${origin}${path}`.replace(/\/+$/, '');
}

function originsIn(told: unknown): string[] {
  return Array.isArray(told) ? told.filter(isSecureOrigin) : [];
}

function isDigest(told: unknown): told is string {
  return typeof told === 'string' && /^[\da-f]{64}$/i.test(told);
}

function isSecureOrigin(told: unknown): told is string {
  if (typeof told !== 'string') return false;
  try {
    const { protocol, origin } = new URL(told);
    return protocol === 'https:' && origin === told;
  } catch {
    return false;
  }
}
