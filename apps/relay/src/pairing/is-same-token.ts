// Compares what a returning sender shows with its nameplate's token.
import { timingSafeEqual } from 'node:crypto';

/** Takes the same time wherever the two differ, so that a token can't be guessed piece by piece. */
export function isSameToken(token: string, shown: string | null): boolean {
  if (shown === null) return false;
  const [expected, actual] = [Buffer.from(token), Buffer.from(shown)];
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}
