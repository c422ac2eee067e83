// The tokens that a relay begins with, as its settings ask for.
import type { Clock } from '@p2p-copy/core/foundation';
import { RelayError } from '../foundation/relay-error.ts';
import type { RelayLog } from '../foundation/relay-log.ts';
import { AccessTokens } from './access-tokens.ts';
import { followTokens, type TokenFollower } from './follow-tokens.ts';
import { readTokenFile } from './token-file.ts';

export interface OpenedTokens {
  /** Null where access is open. */
  tokens: AccessTokens | null;
  /** Sentences for the operator. */
  warnings: string[];
  /** Takes changes of the file from now on; null where there is none. */
  follow(context: { clock: Clock; log: Pick<RelayLog, 'info' | 'warn'> }): TokenFollower | null;
}

interface AccessSettings {
  access: 'open' | 'token';
  tokenFile: string | null;
}

/** @throws RelayError `invalid-config` for a file that is missing or can't be used */
export async function openTokens({ access, tokenFile }: AccessSettings): Promise<OpenedTokens> {
  if (access === 'open') return { tokens: null, warnings: [], follow: () => null };
  if (tokenFile === null) {
    throw new RelayError(
      'invalid-config',
      'Access is for holders of a token, but there is no file of tokens. Give a token file, or open the access.',
    );
  }
  const rows = await readTokenFile(tokenFile);
  if (rows === null) {
    throw new RelayError(
      'invalid-config',
      `There is no file of access tokens at ${tokenFile}. Make the first one: p2p-copy relay token add --name NAME --token-file ${tokenFile}`,
    );
  }
  const tokens = new AccessTokens(rows);
  const warnings = rows.length === 0 ? [`Nobody may send: there is no access token in ${tokenFile}.`] : [];
  return { tokens, warnings, follow: (context) => followTokens(tokenFile, tokens, context) };
}
