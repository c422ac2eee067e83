// Who may send here. With access restricted, a sender shows a token, or a pass that one earned; receivers show nothing.
// docs/PROTOCOL.md section 4.
import type { AccessProof, CloseName, FirstMessage } from '@p2p-copy/core/relay-protocol';
import { isNameplate } from '@p2p-copy/core/relay-protocol';
import type { DialectHello } from '../dialects/dialect.ts';
import { AttemptRate, steady } from '../limits/attempt-rate.ts';
import type { Payer } from '../rates/payer.ts';
import type { AccessTokens } from './access-tokens.ts';
import { payerOf } from './access-tokens.ts';
import { Passes } from './passes.ts';

export interface TokenRates {
  failedTokensPerMinutePerAddress: number;
  failedTokensPerMinutePerSite: number;
}

/** Of our own dialect; others have names of their own for some. */
type AccessRefusal = Extract<CloseName, `token-${string}` | 'rate-limited'>;

/** Admitted with whom to count its bytes for, and a pass to give it; or why not. */
export type AccessVerdict =
  | { name: 'admitted'; payer: Payer | null; pass: string | null }
  | { name: 'refused'; ending: AccessRefusal; retryAfterMs?: number };

/** Whoever needs to show nothing. */
const FREELY: AccessVerdict = { name: 'admitted', payer: null, pass: null };

export class AccessControl {
  /** Null where access is open. */
  readonly #tokens: AccessTokens | null;
  readonly #failures: AttemptRate;
  readonly #wallMs: () => number;
  readonly #passes = new Passes();
  /** Of tokens that have earned a pass since this process began: a token may end before its passes do. */
  readonly #payers = new Map<string, Payer>();

  /** @param wallMs milliseconds since 1970, for the ends of tokens */
  constructor(tokens: AccessTokens | null, rates: TokenRates, wallMs: () => number = Date.now) {
    this.#tokens = tokens;
    this.#failures = new AttemptRate(
      () => steady(rates.failedTokensPerMinutePerAddress),
      () => steady(rates.failedTokensPerMinutePerSite),
    );
    this.#wallMs = wallMs;
  }

  /**
   * Judges a first message, before anything is looked up for it.
   * @param address a key from `addressBlock`
   * @param nowMs of a clock that never goes back
   */
  judge(
    message: (FirstMessage & { proof: AccessProof }) | DialectHello,
    address: string,
    nowMs: number,
  ): AccessVerdict {
    if (this.#tokens === null) return FREELY;
    // It has no field for a token, in either role, and its senders meet whom they want.
    if (message.type === 'dialect-hello') return { name: 'refused', ending: 'token-needed' };
    if (message.type === 'hello' && message.role === 'receiver') return FREELY;
    const { accessToken, pass } = message.proof;
    // To wait under a nameplate is to be open for another pair: there only a token that is still good admits.
    const takesPass = message.type === 'hello' && !isNameplate(message.key);
    const holder = takesPass && pass !== null ? this.#passes.verify(pass, nowMs) : null;
    const payer = holder === null ? undefined : this.#payers.get(holder);
    if (accessToken === null) {
      return payer === undefined
        ? { name: 'refused', ending: 'token-needed' }
        : { name: 'admitted', payer, pass: null };
    }
    return this.#judgeToken(accessToken, payer, address, nowMs);
  }

  /**
   * Judges the first message of a client of the rooms: there are no roles, so each shows a token, and passes don't count.
   * @param accessToken null for none
   */
  judgeVisitor(accessToken: string | null, address: string, nowMs: number): AccessVerdict {
    if (this.#tokens === null) return FREELY;
    if (accessToken === null) return { name: 'refused', ending: 'token-needed' };
    return this.#judgeToken(accessToken, undefined, address, nowMs);
  }

  /** @param payer of a pass that was shown too, and is good */
  #judgeToken(accessToken: string, payer: Payer | undefined, address: string, nowMs: number): AccessVerdict {
    if (payer === undefined && !this.#failures.has(address, nowMs)) {
      return { name: 'refused', ending: 'rate-limited', retryAfterMs: this.#failures.waitMs(address, nowMs) };
    }
    const verdict = this.#tokens!.verify(accessToken, this.#wallMs());
    if (verdict.name === 'good') {
      const owner = payerOf(verdict.row);
      this.#payers.set(verdict.row.id, owner);
      return { name: 'admitted', payer: owner, pass: this.#passes.issue(verdict.row.id, nowMs) };
    }
    if (payer !== undefined) return { name: 'admitted', payer, pass: null };
    this.#failures.take(address, nowMs);
    return { name: 'refused', ending: verdict.name === 'expired' ? 'token-expired' : 'token-refused' };
  }
}
