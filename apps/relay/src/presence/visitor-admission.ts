// Whether a client may come to the rooms, by its first message: its token, what its address owes, and what it has used up.
import { type CloseName, type ErrorDetails, parseRoomHello } from '@p2p-copy/core/relay-protocol';
import type { AccessControl } from '../access/access-control.ts';
import type { Payer } from '../rates/payer.ts';
import type { TrafficLimits } from '../rates/traffic-limits.ts';
import type { RoomRates } from './room-rates.ts';

/** Admitted with whom to count its bytes for; or why not, and what else it is told. */
export type Admitted = { payer: Payer | null } | { refused: CloseName; details: ErrorDetails };

export class VisitorAdmission {
  readonly #access: AccessControl;
  readonly #trafficLimits: TrafficLimits;
  readonly #rates: RoomRates;

  constructor(access: AccessControl, trafficLimits: TrafficLimits, rates: RoomRates) {
    this.#access = access;
    this.#trafficLimits = trafficLimits;
    this.#rates = rates;
  }

  admit(text: string, { ip, address }: { ip: string; address: string }, nowMs: number): Admitted {
    const hello = parseRoomHello(text);
    if ('refused' in hello) return { refused: hello.refused, details: {} };
    const owedMs = this.#rates.waitMs(address, nowMs);
    if (owedMs > 0) return { refused: 'rate-limited', details: { retryAfterMs: owedMs } };
    const verdict = this.#access.judgeVisitor(hello.accessToken, address, nowMs);
    if (verdict.name === 'refused') {
      const { ending, retryAfterMs } = verdict;
      return { refused: ending, details: retryAfterMs === undefined ? {} : { retryAfterMs } };
    }
    const { payer } = verdict;
    const spent = this.#trafficLimits.refusal({ ip, payer, transferKey: null });
    if (spent !== null) return { refused: spent.name, details: { retryAfterMs: spent.retryAfterMs } };
    return { payer };
  }
}
