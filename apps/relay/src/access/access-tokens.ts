// The tokens that are good now: finds the one that a sender shows, at the same cost whether there is one or not.
import { timingSafeEqual } from 'node:crypto';
import { parseAccessToken } from '@p2p-copy/core/relay-protocol';
import type { Payer } from '../rates/payer.ts';
import { digestOf, type TokenRow } from './token-row.ts';

export type TokenVerdict =
  | { name: 'good'; row: TokenRow }
  /** It is the right token, so its holder may hear that its time is over. */
  | { name: 'expired' }
  /** Made up, mistyped, revoked, or of another relay: nothing tells which. */
  | { name: 'unknown' };

const NOBODYS_DIGEST = Buffer.alloc(32);

export class AccessTokens {
  #rows = new Map<string, { row: TokenRow; digest: Buffer }>();

  constructor(rows: readonly TokenRow[]) {
    this.replace(rows);
  }

  get count(): number {
    return this.#rows.size;
  }

  /** Takes these instead of those before. */
  replace(rows: readonly TokenRow[]): void {
    this.#rows = new Map(rows.map((row) => [row.id, { row, digest: Buffer.from(row.sha256, 'hex') }]));
  }

  /** @param nowMs milliseconds since 1970 */
  verify(token: string, nowMs: number): TokenVerdict {
    // The id is no secret, so it may be looked up. The rest is hashed and compared in constant time, an unknown id's too.
    const found = this.#rows.get(parseAccessToken(token)?.id ?? '');
    const isRight = timingSafeEqual(digestOf(token), found?.digest ?? NOBODYS_DIGEST);
    if (found === undefined || !isRight) return { name: 'unknown' };
    const { row } = found;
    return row.expiresMs !== null && row.expiresMs <= nowMs ? { name: 'expired' } : { name: 'good', row };
  }
}

export function payerOf({ name, bytesPerSecond, bytesPerDay }: TokenRow): Payer {
  return { name, bytesPerSecond, bytesPerDay };
}
