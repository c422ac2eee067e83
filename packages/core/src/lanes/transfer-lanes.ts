// All lanes of one session: lane 0, on which it began and which carries the control messages, and those opened beside it.
// docs/PROTOCOL.md sections 9 and 12.
import { withDeadline } from '../async/deadline.ts';
import type { DirectWays } from '../direct/direct-ways.ts';
import type { Bytes } from '../foundation/bytes.ts';
import type { ErrorCode } from '../foundation/error-table.ts';
import { TransferError } from '../foundation/errors.ts';
import type { MeetingAccess } from '../link/meet-at-relay.ts';
import { type JoinedConnection, meetByWays } from '../link/meet-by-ways.ts';
import type { SealedConnection } from '../link/sealed-connection.ts';
import type { Outage, Role } from '../ports/rendezvous.ts';
import { violation } from '../wire/fields.ts';
import { MOVED_LANE_MS, RELAY_HEAD_MS } from '../wire/limits.ts';
import type { Record } from '../wire/record.ts';
import { DirectBar } from './direct-bar.ts';
import { Lane } from './lane.ts';
import type { LaneSeeking } from './lane-context.ts';
import { LanePool } from './lane-pool.ts';
import { isRelayLimit } from './retryable-end.ts';

/** How long the last messages may take to leave before the connections are cut. */
const CLOSE_DEADLINE_MS = 3_000;

/** Head start of the relay for lane 0, which prefers it. */
const DIRECT_HEAD_MS = 1_000;
/** Head start of the direct ways where a direct connection was lost: it may be the network that went. */
const RELAY_HEAD_AFTER_LOSS_MS = 250;

/** Bytes on lane 0 that are not acknowledged, beyond which it is moved to a direct path too. */
const HANDED_OVER_BYTES = 256 * 1024;

/** What no other lane makes good. */
const GRAVE: ReadonlySet<ErrorCode> = new Set([
  'authentication-failed',
  'protocol-violation',
  'update-needed',
]);

/** What the lanes of a session need of it, and whom they tell. */
export interface TransferLanesContext {
  access: MeetingAccess;
  role: Role;
  transferSecret: Bytes;
  /** Null where only the relay is a way. */
  direct: DirectWays | null;
  /** How long the session may be without a connection. 0: not at all. */
  reconnectTimeoutMs: number;
  /** A record, with the lane that it came on. While the promise is open, no more are taken from that lane. */
  onRecord(record: Record, lane: Lane, isFirstLane: boolean): void | Promise<void>;
  /** Lane 0 has lost its connection; null when it has another. */
  onOutage(outage: Outage | null): void;
  /** The other end has lost the session: this connection is for another one. */
  onRestarted(connection: SealedConnection): void;
  /** A lane got a connection, or lost one. */
  onConnection?(): void;
  /** The session can't go on. */
  onEnd(error: unknown): void;
}

/** All lanes of one session; lane 0 carries the control messages. */
export class TransferLanes {
  /** The lanes that data may take. */
  readonly pool = new LanePool();
  readonly #context: TransferLanesContext;
  readonly #session: Bytes;
  readonly #first: Lane;
  readonly #lanes: Lane[] = [];
  readonly #bar: DirectBar;

  /**
   * @param connection of lane 0, on which nothing has been said yet or only whose session it is
   * @param session its name, 16 bytes
   */
  constructor(connection: SealedConnection, session: Bytes, context: TransferLanesContext) {
    this.#context = context;
    this.#bar = new DirectBar(context.access.clock);
    this.#session = session;
    this.#first = this.#add(0, connection);
  }

  get isConnected(): boolean {
    return this.#first.isConnected;
  }

  /** Sends on lane 0. */
  say(record: Bytes): Promise<void> {
    return this.#first.send(record);
  }

  /** Resolves when at most `bytes` are queued on lane 0, or it has ended. */
  drained(bytes: number): Promise<void> {
    return this.#first.drained(bytes);
  }

  /**
   * Seeks the other end on another lane, which carries data as soon as it has a connection.
   * @throws TransferError `protocol-violation` for a number that isn't the next
   */
  open(lane: number): void {
    if (lane !== this.#lanes.length) throw violation('a lane was opened out of turn');
    this.#add(lane, null);
  }

  /** Closes all lanes after what is queued, and cuts what isn't closed after CLOSE_DEADLINE_MS. */
  async close(): Promise<void> {
    for (const lane of this.#lanes) void lane.close();
    const closed = Promise.all(this.#lanes.map((lane) => lane.closed));
    await withDeadline(closed, CLOSE_DEADLINE_MS, this.#context.access.clock);
    for (const lane of this.#lanes) lane.terminate();
  }

  /** Cuts lanes that stand on the relay, the first only if much lies on it: they meet anew by any way. */
  leaveRelay(): void {
    for (const lane of this.#lanes.slice(1)) if (!lane.isDirect) lane.meetAnew();
    // What a slow line still has to bring on the first would hold up the end.
    const { isDirect, unacknowledgedBytes } = this.#first;
    if (!isDirect && unacknowledgedBytes > HANDED_OVER_BYTES) this.#first.meetAnew();
  }

  /** Does so with the last of them alone, to find out whether there is a direct way now. */
  tryDirect(): void {
    // One that the relay turned away for good seeks nothing.
    const lane = this.#lanes.slice(1).findLast(({ isEnded }) => !isEnded);
    if (lane !== undefined && !lane.isDirect) lane.meetAnew();
  }

  #add(number: number, connection: SealedConnection | null): Lane {
    const { access, role, direct, reconnectTimeoutMs, onOutage, onRestarted } = this.#context;
    const isFirst = number === 0;
    const lane: Lane = new Lane(connection, {
      clock: access.clock,
      role,
      session: this.#session,
      release: access.bulk.release,
      meet: (seeking) => this.#meet(number, seeking),
      // A lane that the sender cuts so that it leaves the relay isn't out of reach, however little patience an end has.
      get reconnectTimeoutMs() {
        return direct?.isKnown ? Math.max(reconnectTimeoutMs, MOVED_LANE_MS) : reconnectTimeoutMs;
      },
      onOutage: isFirst ? onOutage : () => {},
      onRestarted: isFirst ? onRestarted : null,
      hasOtherWays: () => this.pool.hasDirect,
      onDirectLost: (hasCarried) => this.#bar.noteLost(hasCarried),
      onConnection: () => this.#noteConnection(),
    });
    this.#lanes.push(lane);
    this.pool.add(lane);
    lane.receiveAll(
      (record) => this.#context.onRecord(record, lane, isFirst),
      (error) => this.#lose(lane, isFirst, error),
    );
    return lane;
  }

  #meet(lane: number, { signal, lost, ...hooks }: LaneSeeking): Promise<JoinedConnection> {
    const { access, role, transferSecret, direct } = this.#context;
    const isOnly = direct?.isOnly ?? false;
    const ways = direct?.isKnown && (isOnly || !this.#bar.isBarred) ? direct : null;
    const isFirst = lane === 0;
    const headMs = lost === 'tcp' ? RELAY_HEAD_AFTER_LOSS_MS : RELAY_HEAD_MS;
    // Lane 0 prefers the relay, unless content has shown that there is a better way.
    const prefersRelay = ways === null || (isFirst && !this.pool.hasProvenDirect);
    const relayAfterMs = prefersRelay ? 0 : headMs;
    const mayTakeRelay = isFirst || !isOnly;
    const meeting = meetByWays(
      { ...access, signal },
      {
        role,
        transferSecret,
        lane,
        direct: ways,
        directAfterMs: prefersRelay ? DIRECT_HEAD_MS : 0,
        relayAfterMs: mayTakeRelay ? relayAfterMs : null,
        ...hooks,
      },
    );
    return meeting.catch((error: unknown) => {
      // Others may still come directly.
      if (error instanceof TransferError && isRelayLimit(error) && this.pool.hasDirect)
        throw new TransferError('connection-lost', undefined, { cause: error });
      throw error;
    });
  }

  #noteConnection(): void {
    this.pool.noteConnection();
    this.#context.onConnection?.();
  }

  /** A lane beside the first that carries nothing may be done without. */
  #lose(lane: Lane, isFirst: boolean, error: unknown): void {
    const isGrave = !(error instanceof TransferError) || GRAVE.has(error.code);
    if (isFirst || isGrave || !lane.isEmpty) this.#context.onEnd(error);
  }
}
