// What this end shows to relays that restrict who may send: the person's token, only to the origin that it is for, and the
// passes of one transfer, each only to the relay that gave it. docs/PROTOCOL.md section 4.
import type { AccessProof } from '../relay-protocol/access-token.ts';

/** Tokens and passes of one transfer, by the origin of the relay. */
export class AccessProofs {
  readonly #tokenFor: (origin: string) => string | null;
  readonly #passes = new Map<string, string>();

  /** @param tokenFor the token for relays of that origin, or null */
  constructor(tokenFor: (origin: string) => string | null) {
    this.#tokenFor = tokenFor;
  }

  /** What is shown to the relay at that URL. */
  at(relayUrl: string): AccessProof {
    const origin = originOf(relayUrl);
    return { accessToken: this.#tokenFor(origin), pass: this.#passes.get(origin) ?? null };
  }

  /** Keeps the pass that the relay at that URL gave, instead of the one before. */
  keepPass(relayUrl: string, pass: string): void {
    this.#passes.set(originOf(relayUrl), pass);
  }
}

/** Scheme, host and port, with http(s) for ws(s): the one server has one origin. No user name or password. */
export function originOf(relayUrl: string): string {
  const { protocol, host } = new URL(relayUrl);
  return `${protocol.replace('ws', 'http')}//${host}`;
}
