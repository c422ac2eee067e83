// The `reach` records of one session: each end says once where it can be reached, and not before an offer is accepted. docs/PROTOCOL.md
// section 18.
import type { DirectWays } from '../direct/direct-ways.ts';
import type { Bytes } from '../foundation/bytes.ts';
import { violation } from '../wire/fields.ts';
import { encodeReach, parseReach } from '../wire/reach-record.ts';

/** Hears of direct paths. */
export interface ReachListener {
  /** The other end has said where it can be reached. */
  begin(): void;
  /** A lane got a connection, or lost one. */
  noteConnection(): void;
}

/** Of an end that only answers. */
export const DEAF: ReachListener = { begin() {}, noteConnection() {} };

/** What one session says and hears of direct ways. */
export class SessionReach {
  readonly #ways: DirectWays | null;
  readonly #transferSecret: Bytes;
  readonly #say: (body: Bytes) => Promise<void>;
  #listener: ReachListener | null = null;
  #isBegun = false;
  /** Whether the other end has said where it can be reached, */
  #isHeard = false;
  /** and whether it said so before: once in a session is enough. */
  #isSaid = false;

  /** @param ways null where one of the ends knows none */
  constructor(ways: DirectWays | null, transferSecret: Bytes, say: (body: Bytes) => Promise<void>) {
    this.#ways = ways;
    this.#transferSecret = transferSecret;
    this.#say = say;
  }

  /** The offer is accepted: says where this end can be reached, and heeds the same of the other end. */
  async start(listener: ReachListener): Promise<void> {
    if (this.#ways === null) return;
    this.#listener = listener;
    await this.#say(encodeReach(await this.#ways.open(this.#transferSecret)));
    if (this.#isHeard) listener.begin();
    this.#isBegun = true;
  }

  noteConnection(): void {
    this.#listener?.noteConnection();
  }

  /**
   * Takes what the other end says, which changes nothing before the offer is accepted.
   * @throws TransferError `protocol-violation`
   */
  async hear(body: Bytes, isFirstLane: boolean): Promise<void> {
    if (this.#ways === null || this.#isSaid || !isFirstLane) throw violation('“reach” at a wrong time');
    this.#isSaid = true;
    await this.#ways.hear(parseReach(body), this.#transferSecret);
    this.#isHeard = true;
    if (this.#isBegun) this.#listener?.begin();
  }
}
