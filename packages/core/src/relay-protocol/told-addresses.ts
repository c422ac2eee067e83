// What a relay tells of how other devices find it, at `GET /addresses`: untrusted, and of an older relay nothing.
// docs/PROTOCOL.md section 4.

/** How a relay is found by other devices. */
export interface ToldAddresses {
  /** Https origins, the best first. */
  readonly addresses: readonly string[];
  /** SHA-256 in upper-case hex of its certificate where nobody vouches for that; null for any other. */
  readonly fingerprint: string | null;
  /** SHA-256 in lower-case hex of the command line that it serves; null where it serves none. */
  readonly command: string | null;
}

/** The parsed answer, of which only what has its form is taken. Never throws. */
export function readToldAddresses(answer: unknown): ToldAddresses {
  const { addresses, fingerprint, command } = Object(answer) as Record<string, unknown>;
  return {
    addresses: Array.isArray(addresses) ? addresses.filter(isSecureOrigin) : [],
    fingerprint: isDigest(fingerprint) ? fingerprint.toUpperCase() : null,
    command: isDigest(command) ? command.toLowerCase() : null,
  };
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
