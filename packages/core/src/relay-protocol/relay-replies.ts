// What the relay says to a client, in the words of the client's version. docs/PROTOCOL.md section 4.
import { CLOSE_CODES, type CloseName } from './close-codes.ts';

/** What an error may say besides its code. */
export interface ErrorDetails {
  /** Pause before another attempt, in ms. */
  retryAfterMs?: number;
  /** Digits of nameplates among which most are free. */
  digits?: number;
  /** Whether the sender of the nameplate is only away. */
  away?: boolean;
}

/** The relay's messages, encoded for one client. */
export interface RelayReplies {
  allocated(nameplate: string, token: string): string;
  /**
   * @param pass for a sender, where access is restricted; null for none
   * @param stunPort UDP port of the relay's STUN server; null for none
   */
  ready(pass?: string | null, stunPort?: number | null): string;
  /** What is said before the connection is closed; null where only the close code tells. */
  error(code: string, details: ErrorDetails): string | null;
}

/**
 * @param version as the client says it, or null
 * @param features in common with a client of version 3 or newer
 */
export function relayReplies(version: number | null, features: readonly string[]): RelayReplies {
  if (version === null || version < 3) return VERSION_TWO;
  return features.length === 0 ? WITHOUT_FEATURES : versionThree(features);
}

const VERSION_TWO: RelayReplies = {
  allocated: (nameplate, token) => JSON.stringify({ type: 'allocated', nameplate, token }),
  ready: () => JSON.stringify({ type: 'ready' }),
  error: () => null,
};

function versionThree(features: readonly string[]): RelayReplies {
  return {
    allocated: (nameplate, token) => JSON.stringify({ type: 'allocated', nameplate, token, features }),
    ready: (pass = null, stunPort = null) =>
      JSON.stringify({
        type: 'ready',
        features,
        ...(pass !== null && { pass }),
        ...(stunPort !== null && { stunPort }),
      }),
    error: (code, details) =>
      Object.hasOwn(CLOSE_CODES, code)
        ? JSON.stringify({
            type: 'error',
            code,
            message: CLOSE_CODES[code as CloseName].reason,
            ...details,
          })
        : null,
  };
}

/** One for all: many wait at once. */
const WITHOUT_FEATURES = versionThree([]);
