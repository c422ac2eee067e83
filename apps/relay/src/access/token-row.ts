// One access token as the relay keeps it: its name, its digest, its end and its limits. The token itself is shown once, when
// it is made.

import { createHash, randomBytes } from 'node:crypto';
import {
  ACCESS_TOKEN_ID_BYTES,
  ACCESS_TOKEN_PREFIX,
  ACCESS_TOKEN_SECRET_BYTES,
} from '@p2p-copy/core/relay-protocol';
import type { Payer } from '../rates/payer.ts';

export interface TokenRow extends Payer {
  /** Public part of the token, base64url of 8 bytes: finds the row. */
  readonly id: string;
  /** SHA-256 of the whole token, in hex. It has 256 random bits, so nobody can try them, and no slow hash is needed. */
  readonly sha256: string;
  /** Milliseconds since 1970. */
  readonly createdMs: number;
  /** Null for no end. */
  readonly expiresMs: number | null;
}

export interface TokenTerms extends Payer {
  readonly expiresMs: number | null;
}

/** Makes a token: the text for its holder, and the row for the relay. */
export function makeToken(terms: TokenTerms, nowMs: number): { token: string; row: TokenRow } {
  const id = randomBytes(ACCESS_TOKEN_ID_BYTES).toString('base64url');
  const secret = randomBytes(ACCESS_TOKEN_SECRET_BYTES).toString('base64url');
  const token = `${ACCESS_TOKEN_PREFIX}${id}${secret}`;
  const { name, bytesPerSecond, bytesPerDay, expiresMs } = terms;
  const sha256 = digestOf(token).toString('hex');
  return { token, row: { name, id, sha256, createdMs: nowMs, expiresMs, bytesPerSecond, bytesPerDay } };
}

export function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** What a name may be: of a word or two, for a command line and a log. */
export function isTokenName(name: unknown): name is string {
  return typeof name === 'string' && /^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/.test(name);
}
