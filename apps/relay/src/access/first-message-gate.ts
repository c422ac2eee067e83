// Whether a first message may be looked at: who may send here, and how often an address may try nameplates.
import type { AccessProof, FirstMessage } from '@p2p-copy/core/relay-protocol';
import type { DialectHello } from '../dialects/dialect.ts';
import { JoinLimits, type JoinRates } from '../limits/join-limits.ts';
import { AccessControl, type Admission, type TokenRates } from './access-control.ts';
import type { AccessTokens } from './access-tokens.ts';

interface Visit {
  /** A key from `addressBlock`. */
  address: string;
  nowMs: number;
  /** Whether it is the sender of the nameplate that it names, come back: it guesses nothing. */
  isOwner: boolean;
}

export class FirstMessageGate {
  readonly #access: AccessControl;
  readonly #joinLimits: JoinLimits;

  /** @param tokens null where access is open */
  constructor(rates: TokenRates & JoinRates, tokens: AccessTokens | null) {
    this.#access = new AccessControl(tokens, rates);
    this.#joinLimits = new JoinLimits(rates);
  }

  /** The token comes first, so that who has none learns nothing of nameplates. */
  judge(
    message: (FirstMessage & { proof: AccessProof }) | DialectHello,
    { address, nowMs, isOwner }: Visit,
  ): Admission {
    const admission = this.#access.judge(message, address, nowMs);
    if (admission.name === 'refused' || isOwner || this.#joinLimits.admits(message, address, nowMs)) {
      return admission;
    }
    const retryAfterMs = this.#joinLimits.waitMs(message, address, nowMs);
    return { name: 'refused', ending: 'rate-limited', retryAfterMs };
  }

  /** It named an unknown nameplate. */
  countFailure(address: string, nowMs: number): void {
    this.#joinLimits.countFailure(address, nowMs);
  }
}
