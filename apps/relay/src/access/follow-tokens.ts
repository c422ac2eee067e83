// Takes the tokens of a file that has changed, without a restart. It looks at what the file holds, not at when it changed.
import type { Clock } from '@p2p-copy/core/foundation';
import type { RelayLog } from '../foundation/relay-log.ts';
import type { AccessTokens } from './access-tokens.ts';
import { readTokenFile } from './token-file.ts';

/** How often the file is looked at, in ms. */
export const TOKEN_LOOK_INTERVAL_MS = 5_000;

export interface TokenFollower {
  /** Looks now. Never rejects: what can't be used is told to the log, and the tokens of before stay. */
  look(): Promise<void>;
  stop(): void;
}

/** Looks every few seconds, from now on. */
export function followTokens(
  path: string,
  tokens: AccessTokens,
  { clock, log }: { clock: Clock; log: Pick<RelayLog, 'info' | 'warn'> },
): TokenFollower {
  let isStopped = false;
  let hasWarned = false;
  let last = '';
  let cancel = clock.after(TOKEN_LOOK_INTERVAL_MS, tick);

  function tick(): void {
    void look().then(() => {
      if (!isStopped) cancel = clock.after(TOKEN_LOOK_INTERVAL_MS, tick);
    });
  }

  async function look(): Promise<void> {
    try {
      // Whoever removes the file has revoked them all.
      const rows = (await readTokenFile(path)) ?? [];
      const found = JSON.stringify(rows);
      if (!isStopped && found !== last) {
        tokens.replace(rows);
        if (last !== '') log.info({ tokens: rows.length }, 'the access tokens were read again');
        last = found;
      }
      hasWarned = false;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (!hasWarned && !isStopped) log.warn({ reason }, 'the access tokens of before stay');
      hasWarned = true;
    }
  }

  return {
    look,
    stop() {
      isStopped = true;
      cancel();
    },
  };
}
