// Which access token a command shows to which relay: the one that was given belongs to the relay that the person named, a
// saved one to the relay it was saved for.
import { originOf, parseAccessToken } from '@p2p-copy/core';
import { SavedTokensError, savedToken } from '../../state/saved-tokens.ts';
import { UsageError } from '../terminal/exit-codes.ts';

/** The token for relays of an origin. */
export type TokenFor = (origin: string) => string | null;

/** `--relay-token`. */
export function parseToken(text: string): string {
  const token = text.trim();
  if (parseAccessToken(token) !== null) return token;
  // Not quoted: it may be a token that was cut.
  throw new UsageError(
    'What was given as the access token is none: one begins with p2pcopy_ and has 62 characters.',
    'Copy the whole token that the relay’s operator gave you.',
  );
}

/**
 * @param option `--relay-token`, which counts before `P2P_COPY_RELAY_TOKEN`, and that before a saved one
 * @param relay where the transfer begins
 * @param isNamed whether the person named that relay now, so that the variable is for it
 * @throws UsageError for a variable that holds no token, and for saved tokens that can't be used.
 */
export function chooseToken(option: string | undefined, relay: string, isNamed = true): TokenFor {
  const inEnvironment = isNamed ? process.env.P2P_COPY_RELAY_TOKEN || undefined : undefined;
  const given = option ?? (inEnvironment === undefined ? undefined : parseToken(inEnvironment));
  const own = originOf(relay);
  const token = given ?? savedOrUsage(own);
  // After a redirect: what was saved for that relay, if anything was.
  return (origin) => (origin === own ? token : savedOrNone(origin));
}

function savedOrUsage(origin: string): string | null {
  try {
    return savedToken(origin);
  } catch (error) {
    if (!(error instanceof SavedTokensError)) throw error;
    throw new UsageError(error.message, error.next);
  }
}

function savedOrNone(origin: string): string | null {
  try {
    return savedToken(origin);
  } catch {
    return null;
  }
}
