// Takes the tokens of a file that has changed, without a restart.
import { type FollowContext, type Follower, follow } from '../foundation/follow.ts';
import type { AccessTokens } from './access-tokens.ts';
import { readTokenFile } from './token-file.ts';

/** Looks every few seconds, from now on. What can't be used is told to the log, and the tokens of before stay. */
export function followTokens(path: string, tokens: AccessTokens, context: FollowContext): Follower {
  let last = '';
  return follow(
    {
      // Whoever removes the file has revoked them all.
      read: async () => (await readTokenFile(path)) ?? [],
      use(rows) {
        const found = JSON.stringify(rows);
        if (found === last) return;
        tokens.replace(rows);
        if (last !== '') context.log.info({ tokens: rows.length }, 'the access tokens were read again');
        last = found;
      },
      unusable: 'the access tokens of before stay',
    },
    context,
  );
}
