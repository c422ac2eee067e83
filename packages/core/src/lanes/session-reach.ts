// The `reach` records of one session: each end says once where it can be reached, and not before an offer is accepted. docs/PROTOCOL.md
// section 18.
import type { DirectWays } from '../direct/direct-ways.ts';
import type { Bytes } from '../foundation/bytes.ts';
import { violation } from '../wire/fields.ts';
import { encodeReach, parseReach, type Reach } from '../wire/reach-record.ts';

/** Hears of direct paths. */
export interface ReachListener {
  /** The other end has said where it can be reached. */
  begin(): void;
  /** A lane got a connection, or lost one. */
  noteConnection(): void;
}

/** For an end that only answers. */
export const NOBODY: ReachListener = { begin() {}, noteConnection() {} };

/** What one session says and hears of direct ways. */
export class SessionReach {
  readonly #ways: DirectWays | null;
  readonly #transferSecret: Bytes;
  readonly #say: (body: Bytes) => Promise<void>;
  #listener: ReachListener | null = null;
  #theirs: Reach | null = null;

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
    // Lanes that are opened below are awaited at the port too.
    const own = this.#ways.open(this.#transferSecret);
    if (this.#theirs !== null) await this.#heed(this.#ways, this.#theirs);
    await this.#say(encodeReach(await own));
  }

  noteConnection(): void {
    this.#listener?.noteConnection();
  }

  /**
   * Takes what the other end says, which changes nothing before the offer is accepted.
   * @throws TransferError `protocol-violation`
   */
  async hear(body: Bytes, isFirstLane: boolean): Promise<void> {
    if (this.#ways === null || this.#theirs !== null || !isFirstLane)
      throw violation('“reach” at a wrong time');
    this.#theirs = parseReach(body);
    if (this.#listener !== null) await this.#heed(this.#ways, this.#theirs);
  }

  async #heed(ways: DirectWays, theirs: Reach): Promise<void> {
    await ways.hear(theirs, this.#transferSecret);
    this.#listener?.begin();
  }
}
