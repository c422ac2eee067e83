// One lane of a transfer over as many connections as it takes: records go in and come out once each and in order,
// whatever happens to a connection in between. What the other end hasn't acknowledged is kept.
// docs/PROTOCOL.md section 12.

import { Backoff } from '../async/backoff.ts';
import { type Attempt, seek } from '../async/seek.ts';
import { type Bytes, equalBytes } from '../foundation/bytes.ts';
import { TransferError } from '../foundation/errors.ts';
import { exchangeResume, type OwnPoint } from '../link/exchange-resume.ts';
import type { JoinedConnection } from '../link/meet-by-ways.ts';
import { OutageNews } from '../link/outage.ts';
import type { SealedConnection } from '../link/sealed-connection.ts';
import { type Path, RELAY_PATH } from '../ports/path.ts';
import { violation } from '../wire/fields.ts';
import { MEET_WAIT_MS } from '../wire/limits.ts';
import { encodeRecord, type Record } from '../wire/record.ts';
import { encodeAcknowledgedBody, parseAcknowledgedBody } from '../wire/resume-record.ts';
import { startHeartbeat } from './heartbeat.ts';
import { KeptRecords } from './kept-records.ts';
import type { LaneContext } from './lane-context.ts';
import { isRetryable, lossAsSeen } from './retryable-end.ts';

/** Records received between two acknowledgements, after which the other end forgets them; */
const ACKNOWLEDGE_EVERY = 16;
/** fewer after this time, when the last was data, so that the other end knows which lane is fast. */
const ACKNOWLEDGE_EVERY_MS = 100;
/** Bytes waiting to be sent beyond which only heartbeats acknowledge: one who floods and doesn't read fills nothing. */
const ACKNOWLEDGE_BACKLOG_BYTES = 4 * 1024 * 1024;

/** Carries records once each and in order, over as many connections as it takes. */
export class Lane {
  readonly #context: LaneContext;
  readonly #backoff = new Backoff();
  readonly #giveUp = new AbortController();
  #connection: SealedConnection | null;
  #path: Path | null;
  #hasCarried = false;
  /** Of the last connection that the sender nominated. */
  #generation = 0;
  readonly #kept: KeptRecords;
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
    this.#kept = new KeptRecords(context.release);
    this.#connection = connection;
    this.#path = connection === null ? null : RELAY_PATH;
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

  /** Which way the connection goes, or the last one went; null where there was none. */
  get path(): Path | null {
    return this.#path;
  }

  /** Whether it stands on a connection that no relay carries. */
  get isDirect(): boolean {
    return this.isConnected && this.#path!.kind !== 'relay';
  }

  /** Whether a record of either end has got through on the connection. */
  get hasCarried(): boolean {
    return this.#hasCarried;
  }

  /** Drops the connection, so that the ends meet anew by any way. */
  meetAnew(): void {
    this.#connection?.terminate();
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
    return this.#kept.bytes;
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
    this.#kept.keep(plaintext);
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

  /** Whether nothing is lost when the lane is given up, or was lost when it was. */
  get isEmpty(): boolean {
    return this.#kept.isEmpty;
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
    this.#noteCarried();
    const isLate =
      record.kind === 'data' && this.#context.clock.nowMs() - this.#acknowledgedAtMs >= ACKNOWLEDGE_EVERY_MS;
    if (isLate || this.#received - this.#acknowledged >= ACKNOWLEDGE_EVERY) {
      if (this.bufferedBytes <= ACKNOWLEDGE_BACKLOG_BYTES) this.#acknowledge();
    }
    return record.kind === 'ignorable' ? undefined : this.#handle(record);
  }

  /** @param acknowledged records since the lane began */
  #forget(acknowledged: number): void {
    if (this.#kept.forget(acknowledged)) this.#noteCarried();
  }

  #noteCarried(): void {
    this.#backoff.reset();
    if (this.#hasCarried) return;
    this.#hasCarried = true;
    this.#context.onConnection();
  }

  #acknowledge(): void {
    this.#acknowledged = this.#received;
    this.#acknowledgedAtMs = this.#context.clock.nowMs();
    void this.#connection?.send(encodeRecord('acknowledged', encodeAcknowledgedBody(this.#received)));
  }

  #startHeartbeat(): void {
    this.#cancelHeartbeat();
    this.#cancelHeartbeat = startHeartbeat(this.#path?.kind ?? 'relay', {
      clock: this.#context.clock,
      arrivals: () => this.#connection?.arrivals ?? null,
      beat: () => this.#acknowledge(),
      drop: () => this.#connection?.terminate(),
    });
  }

  #lose(error: unknown): void {
    if (this.#isEnded) return;
    if (!isRetryable(error, this.#context.hasOtherWays())) {
      // The connection stands: the other end can be told why this is the end, before whoever hears of it closes.
      this.#cancelHeartbeat();
      this.#onEnd(error);
      return;
    }
    const wasDirect = this.isDirect;
    if (wasDirect && (this.#hasCarried || !this.isEmpty)) this.#context.onDirectLost(this.#hasCarried);
    this.#connection?.terminate();
    this.#connection = null;
    this.#context.onConnection();
    if (this.#context.reconnectTimeoutMs === 0) this.#fail(error);
    else {
      this.#news.begin(lossAsSeen(error, wasDirect, this.#context.hasOtherWays()));
      this.#seek(error);
    }
  }

  #seek(reason: unknown): void {
    const { clock, role, reconnectTimeoutMs } = this.#context;
    const lost = this.#path?.kind ?? null;
    const attempt = async ({ signal, blame, failed }: Attempt) => {
      const onWaiting = () => this.#news.reached(blame);
      const join = (connection: SealedConnection, isRaced: boolean) =>
        exchangeResume(connection, role, () => this.#point(), clock, isRaced);
      this.#resume(await this.#context.meet({ signal, lost, onWaiting, failed, join }));
    };
    seek(attempt, reason, {
      clock,
      backoff: this.#backoff,
      // Without patience too, a lane may take a while to be met for the first time.
      reconnectTimeoutMs: lost === null ? Math.max(reconnectTimeoutMs, MEET_WAIT_MS) : reconnectTimeoutMs,
      signal: this.#giveUp.signal,
      onFailed: (error) => this.#news.begin(error),
    }).catch((final: unknown) => this.#fail(final));
  }

  /** What the other end is told of this one. A sender nominates with each call. */
  #point(): OwnPoint {
    const { session, role } = this.#context;
    const generation = role === 'sender' ? ++this.#generation : this.#generation;
    return { session, received: this.#received, generation };
  }

  /** Goes on over a connection on which each end was told what the other has received: both send again what is missing. */
  #resume({ connection, theirs, path }: JoinedConnection): void {
    const { session, onRestarted } = this.#context;
    if (this.#isEnded) connection.terminate();
    if (this.#isEnded) return;
    if (theirs.session === null || !equalBytes(theirs.session, session)) {
      if (onRestarted === null) {
        connection.terminate();
        throw violation('a lane of another session');
      }
      this.#end();
      this.#markClosed();
      onRestarted(connection);
      return;
    }
    this.#generation = theirs.generation ?? this.#generation;
    this.#forget(theirs.received);
    this.#hasCarried = false;
    this.#continueOn(connection, path);
  }

  #continueOn(connection: SealedConnection, path: Path): void {
    this.#connection = connection;
    this.#path = path;
    this.#acknowledged = this.#received;
    this.#startHeartbeat();
    this.#receiveFrom(connection);
    for (const record of this.#kept.all) void connection.send(record);
    this.#news.end();
    for (const resolve of this.#wakeDrained.splice(0)) resolve();
    this.#context.onConnection();
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
    this.#kept.clear();
    this.#context.onConnection();
    for (const resolve of this.#wakeDrained.splice(0)) resolve();
  }
}
