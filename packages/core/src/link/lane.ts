// One lane of a transfer over as many connections as it takes: records go in and come out once each and in order,
// whatever happens to a connection in between. What the other end hasn't acknowledged is kept.
// docs/PROTOCOL.md section 12.

import { Backoff } from '../async/backoff.ts';
import { type Attempt, seek } from '../async/seek.ts';
import { type Bytes, equalBytes } from '../foundation/bytes.ts';
import type { Clock } from '../foundation/clock.ts';
import type { ErrorCode } from '../foundation/error-table.ts';
import { TransferError } from '../foundation/errors.ts';
import type { BulkCrypto } from '../ports/bulk-crypto.ts';
import type { Outage } from '../ports/rendezvous.ts';
import { violation } from '../wire/fields.ts';
import { encodeRecord, type Record } from '../wire/record.ts';
import { encodeAcknowledgedBody, parseAcknowledgedBody } from '../wire/resume-record.ts';
import { exchangeResume } from './exchange-resume.ts';
import { OutageNews } from './outage.ts';
import type { SealedConnection } from './sealed-connection.ts';

/** Records received between two acknowledgements, after which the other end forgets them; */
const ACKNOWLEDGE_EVERY = 16;
/** fewer after this time, when the last was data, so that the other end knows which lane is fast. */
const ACKNOWLEDGE_EVERY_MS = 100;
/** Bytes waiting to be sent beyond which only heartbeats acknowledge: one who floods and doesn't read fills nothing. */
const ACKNOWLEDGE_BACKLOG_BYTES = 4 * 1024 * 1024;
/** Time between two heartbeats of each end. */
const HEARTBEAT_MS = 5_000;
/** Missed heartbeats in a row after which the connection is dropped, whatever the network says. */
const MISSED_HEARTBEATS = 4;

/** Ends of a connection after which another may bring the two ends together again. */
const RETRYABLE: ReadonlySet<ErrorCode> = new Set([
  'connection-lost',
  'peer-gone',
  'peer-silent',
  'relay-full',
  'rate-limited',
  'wait-expired',
]);

/** How a lane finds connections, and whom it tells of them. */
export interface LaneContext {
  clock: Clock;
  /** The session of the transfer, 16 bytes: that of lane 0's first connection. */
  session: Bytes;
  /** As in BulkCrypto. */
  release?: BulkCrypto['release'];
  /** Meets the other end on this lane, however long it takes. Rejects when `signal` is aborted. `onWaiting`: as `connectLane`. */
  meet(signal: AbortSignal, onWaiting: () => void): Promise<SealedConnection>;
  /** How long the lane may be without a connection. 0: not at all. */
  reconnectTimeoutMs: number;
  /** The connection is lost, and another is sought; null when it is there. Not for a planned end that is over soon. */
  onOutage(outage: Outage | null): void;
  /** The other end has lost the session: the new connection is for whatever comes after it. Null where only lane 0 tells. */
  onRestarted: ((connection: SealedConnection) => void) | null;
}

/** Carries records once each and in order, over as many connections as it takes. */
export class Lane {
  readonly #context: LaneContext;
  readonly #backoff = new Backoff();
  readonly #giveUp = new AbortController();
  #connection: SealedConnection | null;
  /** Sent, and not acknowledged; the first is record `#forgotten`. */
  #kept: Bytes[] = [];
  #keptBytes = 0;
  #forgotten = 0;
  #received = 0;
  #acknowledged = 0;
  #acknowledgedAtMs: number;
  #isEnded = false;
  #wakeDrained: (() => void)[] = [];
  #cancelHeartbeat: () => void = () => {};
  readonly #news: OutageNews;
  #handle: (record: Record) => void | Promise<void> = () => {};
  #onEnd: (error: unknown) => void = () => {};
  #markClosed: () => void = () => {};

  /** Resolves when the last connection has ended, whoever ended it. Needs `receiveAll` to run. */
  readonly closed: Promise<void>;

  /** @param connection null for a lane that has none yet, and seeks one at once */
  constructor(connection: SealedConnection | null, context: LaneContext) {
    this.#context = context;
    this.#connection = connection;
    this.#acknowledgedAtMs = context.clock.nowMs();
    this.#news = new OutageNews(context.clock, context.reconnectTimeoutMs, (outage) =>
      context.onOutage(outage),
    );
    this.closed = new Promise((resolve) => {
      this.#markClosed = resolve;
    });
  }

  get isConnected(): boolean {
    return this.#connection !== null;
  }

  /** Whether it has no connection and won't get another: what it is given is lost. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Bytes in the socket's queue; without a connection there is no room for any. */
  get bufferedBytes(): number {
    if (this.#isEnded) return 0;
    return this.#connection?.bufferedBytes ?? Number.POSITIVE_INFINITY;
  }

  /** Bytes that were sent, and are not acknowledged. */
  get unacknowledgedBytes(): number {
    return this.#keptBytes;
  }

  /** Resolves when at most `bytes` are queued, or the lane has ended. */
  async drained(bytes: number): Promise<void> {
    while (!this.#isEnded && this.bufferedBytes > bytes) {
      if (this.#connection !== null) await this.#connection.drained(bytes);
      else await new Promise<void>((resolve) => this.#wakeDrained.push(resolve));
    }
  }

  /** Sends a record, now or over a later connection. Its buffer belongs to the lane from here on. */
  async send(plaintext: Bytes): Promise<void> {
    if (this.#isEnded) return;
    this.#kept.push(plaintext);
    this.#keptBytes += plaintext.length;
    await this.#connection?.send(plaintext);
  }

  /** As `SealedConnection.receiveAll`, over all connections of the lane. */
  receiveAll(handle: (record: Record) => void | Promise<void>, onEnd: (error: unknown) => void): void {
    this.#handle = handle;
    this.#onEnd = onEnd;
    this.#startHeartbeat();
    if (this.#connection !== null) this.#receiveFrom(this.#connection);
    else this.#seek(new TransferError('connection-lost'));
  }

  /** Whether nothing is lost when the lane is given up. */
  get isEmpty(): boolean {
    return this.#kept.length === 0;
  }

  /** Closes after what is queued has been sent. What the other end hasn't received by then is lost. */
  async close(): Promise<void> {
    const connection = this.#connection;
    this.#end();
    if (connection === null) this.#markClosed();
    else await connection.close();
  }

  terminate(): void {
    const connection = this.#connection;
    this.#end();
    if (connection === null) this.#markClosed();
    else connection.terminate();
  }

  #receiveFrom(connection: SealedConnection): void {
    void connection.receiveAll(
      (record) => this.#take(record),
      (error) => this.#lose(error),
    );
    void connection.closed.then(() => {
      if (this.#isEnded) this.#markClosed();
    });
  }

  #take(record: Record): void | Promise<void> {
    if (record.kind === 'acknowledged') return this.#forget(parseAcknowledgedBody(record.body));
    if (record.kind === 'resume') throw violation('a connection was joined twice');
    this.#received += 1;
    this.#backoff.reset();
    const isLate =
      record.kind === 'data' && this.#context.clock.nowMs() - this.#acknowledgedAtMs >= ACKNOWLEDGE_EVERY_MS;
    if (isLate || this.#received - this.#acknowledged >= ACKNOWLEDGE_EVERY) {
      if (this.bufferedBytes <= ACKNOWLEDGE_BACKLOG_BYTES) this.#acknowledge();
    }
    return record.kind === 'ignorable' ? undefined : this.#handle(record);
  }

  /** Forgets what the other end has acknowledged. `acknowledged`: records since the lane began. */
  #forget(acknowledged: number): void {
    const count = acknowledged - this.#forgotten;
    if (count < 0 || count > this.#kept.length) throw violation('more was acknowledged than was sent');
    if (count === 0) return;
    for (const record of this.#kept.splice(0, count)) {
      this.#keptBytes -= record.length;
      this.#context.release?.(record);
    }
    this.#forgotten = acknowledged;
    this.#backoff.reset();
  }

  #acknowledge(): void {
    this.#acknowledged = this.#received;
    this.#acknowledgedAtMs = this.#context.clock.nowMs();
    void this.#connection?.send(encodeRecord('acknowledged', encodeAcknowledgedBody(this.#received)));
  }

  /** Says that this end is there, and drops a connection on which the other one says nothing. */
  #startHeartbeat(): void {
    let missed = 0;
    let lastCount = -1;
    const heartbeat = () => {
      // First of all: the heartbeats go on even if one of them fails.
      this.#cancelHeartbeat = this.#context.clock.after(HEARTBEAT_MS, heartbeat);
      const { count, isWaiting } = this.#connection?.arrivals ?? { count: -1, isWaiting: false };
      missed = isWaiting && count === lastCount ? missed + 1 : 0;
      lastCount = count;
      this.#acknowledge();
      if (missed >= MISSED_HEARTBEATS) {
        missed = 0;
        this.#connection?.terminate();
      }
    };
    this.#cancelHeartbeat = this.#context.clock.after(HEARTBEAT_MS, heartbeat);
  }

  #lose(error: unknown): void {
    if (this.#isEnded) return;
    if (!(error instanceof TransferError && RETRYABLE.has(error.code))) {
      // The connection stands: the other end can be told why this is the end, before whoever hears of it closes.
      this.#cancelHeartbeat();
      this.#onEnd(error);
      return;
    }
    this.#connection?.terminate();
    this.#connection = null;
    if (this.#context.reconnectTimeoutMs === 0) {
      this.#fail(error);
      return;
    }
    this.#news.begin(error);
    this.#seek(error);
  }

  #seek(reason: unknown): void {
    const { clock, reconnectTimeoutMs } = this.#context;
    const attempt = async ({ signal, blame }: Attempt) =>
      this.#resume(await this.#context.meet(signal, () => this.#news.reached(blame)));
    const onFailed = (error: TransferError) => this.#news.begin(error);
    const options = {
      clock,
      backoff: this.#backoff,
      reconnectTimeoutMs,
      signal: this.#giveUp.signal,
      onFailed,
    };
    seek(attempt, reason, options).catch((final: unknown) => this.#fail(final));
  }

  /** Tells the other end what was received, and is told the same; then both send again what is missing. */
  async #resume(connection: SealedConnection): Promise<void> {
    const { clock, session } = this.#context;
    const theirs = await exchangeResume(connection, { session, received: this.#received }, clock);
    if (theirs.session === null || !equalBytes(theirs.session, session)) {
      const { onRestarted } = this.#context;
      if (onRestarted === null) {
        connection.terminate();
        throw violation('a lane of another session');
      }
      this.#end();
      this.#markClosed();
      onRestarted(connection);
      return;
    }
    this.#forget(theirs.received);
    this.#continueOn(connection);
  }

  #continueOn(connection: SealedConnection): void {
    this.#connection = connection;
    this.#acknowledged = this.#received;
    this.#receiveFrom(connection);
    for (const record of this.#kept) void connection.send(record);
    this.#news.end();
    for (const resolve of this.#wakeDrained.splice(0)) resolve();
  }

  #fail(error: unknown): void {
    if (this.#isEnded) return;
    this.#end();
    this.#markClosed();
    this.#onEnd(error);
  }

  #end(): void {
    this.#isEnded = true;
    this.#giveUp.abort();
    this.#cancelHeartbeat();
    this.#news.close();
    this.#kept = [];
    this.#keptBytes = 0;
    for (const resolve of this.#wakeDrained.splice(0)) resolve();
  }
}
