// Whether a connection may wait for another, by its first message: its token, how often its address asks, and what it has
// used up.
import { type ErrorDetails, type FirstMessage, isOpaqueKey } from '@p2p-copy/core/relay-protocol';
import type { AccessControl } from '../access/access-control.ts';
import type { DialectHello } from '../dialects/dialect.ts';
import type { Ending } from '../endings/ending.ts';
import type { TrafficLimits } from '../rates/traffic-limits.ts';
import type { RelayConfig } from '../settings/table.ts';
import type { Connection } from '../sockets/connection.ts';
import { JoinLimits } from './join-limits.ts';

/** Why a connection is closed, and what else it is told. */
export interface Refusal {
  ending: Ending;
  details: ErrorDetails;
}

export class Admission {
  readonly #access: AccessControl;
  readonly #joinLimits: JoinLimits;
  readonly #trafficLimits: TrafficLimits;

  constructor(config: RelayConfig, access: AccessControl, trafficLimits: TrafficLimits) {
    this.#access = access;
    this.#joinLimits = new JoinLimits(config);
    this.#trafficLimits = trafficLimits;
  }

  /**
   * Null for a connection that may wait: it then knows whom its bytes are counted for, and has its pass.
   * @param isOwner asked once the token is judged: whether it is the sender of that nameplate, back again. It guesses nothing, and
   * strangers decide how often it comes
   */
  admit(
    connection: Connection,
    message: Parameters<AccessControl['judge']>[0] & (FirstMessage | DialectHello),
    { address, isOwner, nowMs }: { address: string; isOwner: () => boolean; nowMs: number },
  ): Refusal | null {
    const { endings } = connection.dialect;
    const verdict = this.#access.judge(message, address, nowMs);
    if (verdict.name === 'refused') {
      const { ending, retryAfterMs } = verdict;
      const named = ending === 'token-needed' || ending === 'rate-limited' ? endings[ending] : ending;
      return { ending: named, details: retryAfterMs === undefined ? {} : { retryAfterMs } };
    }
    connection.payer = verdict.payer;
    connection.pass = verdict.pass;
    if (!isOwner() && !this.#joinLimits.admits(message, address, nowMs)) {
      const retryAfterMs = this.#joinLimits.waitMs(message, address, nowMs);
      return { ending: endings['rate-limited'], details: { retryAfterMs } };
    }
    connection.transferKey = message.type === 'hello' && isOpaqueKey(message.key) ? message.key : null;
    const spent = this.#trafficLimits.refusal(connection);
    return spent && { ending: endings[spent.name], details: { retryAfterMs: spent.retryAfterMs } };
  }

  /** A first message named what there isn't. */
  countFailure(address: string, nowMs: number): void {
    this.#joinLimits.countFailure(address, nowMs);
  }
}
