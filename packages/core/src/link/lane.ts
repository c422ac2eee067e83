// One lane of a transfer over as many connections as it takes: records go in and come out once each and in order,
// whatever happens to a connection in between. What the other end may not have heard is kept until it says so.
// docs/PROTOCOL.md section 12.

import { Backoff } from '../async/backoff.ts';
import { seek } from '../async/seek.ts';
import { type Bytes, equalBytes } from '../foundation/bytes.ts';
import type { Clock } from '../foundation/clock.ts';
import type { ErrorCode } from '../foundation/error-table.ts';
import { TransferError } from '../foundation/errors.ts';
import type { BulkCrypto } from '../ports/bulk-crypto.ts';
import { violation } from '../wire/fields.ts';
import { encodeRecord, type Record } from '../wire/record.ts';
import { encodeHeardBody, parseHeardBody } from '../wire/resume-record.ts';
import { exchangeRejoin } from './exchange-resume.ts';
import type { SealedLane } from './sealed-connection.ts';

/** The other end is told of so many records heard, so that it can forget them, */
const HEARD_EVERY = 16;
/** or of fewer data records after this time, so that it knows which lane is fast. */
const HEARD_EVERY_MS = 100;
/** While more than this waits to be sent, only the beat tells what was heard: one who floods and doesn't read fills nothing. */
const HEARD_BACKLOG_BYTES = 4 * 1024 * 1024;
/** Each end says something this often. */
const BEAT_MS = 5_000;
/** So many beats in a row without hearing anything: the connection is dead, whatever the network says. */
const QUIET_BEATS = 4;

/** A carrier that shuts down is given this long to be replaced before anybody is told. */
const QUIET_MOVE_MS = 3_000;

/** Ends of a connection after which another may bring the two ends together again. */
const PASSING: ReadonlySet<ErrorCode> = new Set([
  'connection-lost',
  'peer-gone',
  'peer-silent',
  'relay-full',
  'rate-limited',
  'wait-expired',
]);

/** How a lane finds connections, and whom it tells of them. */
export interface LanePorts {
  clock: Clock;
  /** The session of the transfer, 16 bytes: that of lane 0's first connection. */
  session: Bytes;
  /** As in BulkCrypto. */
  release?: BulkCrypto['release'];
  /** Meets the other end on this lane, however long it takes. Rejects when `signal` is aborted. */
  meet(signal: AbortSignal): Promise<SealedLane>;
  /** How long the lane may be without a connection. 0: not at all. */
  patienceMs: number;
  /** The connection is lost, and another is sought; or it is there. Not for a planned end that is over soon. */
  onConnected(isConnected: boolean): void;
  /** The other end has lost the session: the new connection is for whatever comes after it. Null where only lane 0 tells. */
  onRestarted: ((connection: SealedLane) => void) | null;
}

/** Carries records once each and in order, over as many connections as it takes. */
export class Lane {
  readonly #ports: LanePorts;
  readonly #backoff = new Backoff();
  readonly #giveUp = new AbortController();
  #connection: SealedLane | null;
  /** Sent, and not known to be heard; the first is record `#forgotten`. */
  #kept: Bytes[] = [];
  #keptBytes = 0;
  #forgotten = 0;
  #heard = 0;
  #toldHeard = 0;
  #toldAtMs: number;
  #isEnded = false;
  #wakeDrained: (() => void)[] = [];
  #cancelBeat: () => void = () => {};
  /** Set while a loss waits to be told. */
  #cancelNews: () => void = () => {};
  #isLossTold = false;
  #handle: (record: Record) => void | Promise<void> = () => {};
  #onEnd: (error: unknown) => void = () => {};
  #markClosed: () => void = () => {};

  /** Resolves when the last connection has ended, whoever ended it. Needs `receiveAll` to run. */
  readonly closed: Promise<void>;

  /** @param connection null for a lane that has none yet, and seeks one at once */
  constructor(connection: SealedLane | null, ports: LanePorts) {
    this.#ports = ports;
    this.#connection = connection;
    this.#toldAtMs = ports.clock.nowMs();
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

  /** Bytes that were sent, and are not known to be heard. */
  get unheardBytes(): number {
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

  /** As `SealedLane.receiveAll`, over all connections of the lane. */
  receiveAll(handle: (record: Record) => void | Promise<void>, onEnd: (error: unknown) => void): void {
    this.#handle = handle;
    this.#onEnd = onEnd;
    this.#beat();
    if (this.#connection !== null) this.#listen(this.#connection);
    else this.#seek(new TransferError('connection-lost'));
  }

  /** Whether nothing is lost when the lane is given up. */
  get isEmpty(): boolean {
    return this.#kept.length === 0;
  }

  /** Closes after what is queued has been sent. What the other end hasn't heard by then, it won't. */
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

  #listen(connection: SealedLane): void {
    void connection.receiveAll(
      (record) => this.#take(record),
      (error) => this.#lose(error),
    );
    void connection.closed.then(() => {
      if (this.#isEnded) this.#markClosed();
    });
  }

  #take(record: Record): void | Promise<void> {
    if (record.kind === 'heard') return this.#forget(parseHeardBody(record.body));
    if (record.kind === 'rejoin') throw violation('a connection was joined twice');
    this.#heard += 1;
    this.#backoff.reset();
    const isLate = record.kind === 'data' && this.#ports.clock.nowMs() - this.#toldAtMs >= HEARD_EVERY_MS;
    if (isLate || this.#heard - this.#toldHeard >= HEARD_EVERY) {
      if (this.bufferedBytes <= HEARD_BACKLOG_BYTES) this.#tellHeard();
    }
    return record.kind === 'ignorable' ? undefined : this.#handle(record);
  }

  /** The other end has heard so many records: they need not be kept. */
  #forget(heard: number): void {
    const count = heard - this.#forgotten;
    if (count < 0 || count > this.#kept.length) throw violation('more was heard than was sent');
    if (count === 0) return;
    for (const record of this.#kept.splice(0, count)) {
      this.#keptBytes -= record.length;
      this.#ports.release?.(record);
    }
    this.#forgotten = heard;
    this.#backoff.reset();
  }

  #tellHeard(): void {
    this.#toldHeard = this.#heard;
    this.#toldAtMs = this.#ports.clock.nowMs();
    void this.#connection?.send(encodeRecord('heard', encodeHeardBody(this.#heard)));
  }

  /** Says that this end is there, and drops a connection on which the other one says nothing. */
  #beat(): void {
    let quietBeats = 0;
    let lastCount = -1;
    const beat = () => {
      // First of all: the beats go on even if one of them fails.
      this.#cancelBeat = this.#ports.clock.after(BEAT_MS, beat);
      const { count, isWaiting } = this.#connection?.arrivals ?? { count: -1, isWaiting: false };
      quietBeats = isWaiting && count === lastCount ? quietBeats + 1 : 0;
      lastCount = count;
      this.#tellHeard();
      if (quietBeats >= QUIET_BEATS) {
        quietBeats = 0;
        this.#connection?.terminate();
      }
    };
    this.#cancelBeat = this.#ports.clock.after(BEAT_MS, beat);
  }

  #lose(error: unknown): void {
    if (this.#isEnded) return;
    if (!(error instanceof TransferError && PASSING.has(error.code))) {
      // The connection stands: the other end can be told why this is the end, before whoever hears of it closes.
      this.#cancelBeat();
      this.#onEnd(error);
      return;
    }
    this.#connection?.terminate();
    this.#connection = null;
    if (this.#ports.patienceMs === 0) {
      this.#fail(error);
      return;
    }
    if (error.isPlanned) this.#cancelNews = this.#ports.clock.after(QUIET_MOVE_MS, () => this.#tellLoss());
    else this.#tellLoss();
    this.#seek(error);
  }

  #tellLoss(): void {
    this.#isLossTold = true;
    this.#ports.onConnected(false);
  }

  #seek(reason: unknown): void {
    const { clock, patienceMs } = this.#ports;
    const attempt = async (signal: AbortSignal) => this.#rejoin(await this.#ports.meet(signal));
    const options = { clock, backoff: this.#backoff, patienceMs, signal: this.#giveUp.signal };
    seek(attempt, reason, options).catch((final: unknown) => this.#fail(final));
  }

  /** Tells the other end what was heard, and hears it; then both send again what is missing. */
  async #rejoin(connection: SealedLane): Promise<void> {
    const { clock, session } = this.#ports;
    const theirs = await exchangeRejoin(connection, { session, heard: this.#heard }, clock);
    if (theirs.session === null || !equalBytes(theirs.session, session)) {
      const { onRestarted } = this.#ports;
      if (onRestarted === null) {
        connection.terminate();
        throw violation('a lane of another session');
      }
      this.#end();
      this.#markClosed();
      onRestarted(connection);
      return;
    }
    this.#forget(theirs.heard);
    this.#resume(connection);
  }

  #resume(connection: SealedLane): void {
    this.#connection = connection;
    this.#toldHeard = this.#heard;
    this.#listen(connection);
    for (const record of this.#kept) void connection.send(record);
    this.#cancelNews();
    if (this.#isLossTold) this.#ports.onConnected(true);
    this.#isLossTold = false;
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
    this.#cancelBeat();
    this.#cancelNews();
    this.#kept = [];
    this.#keptBytes = 0;
    for (const resolve of this.#wakeDrained.splice(0)) resolve();
  }
}
