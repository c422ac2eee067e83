// A session whose ends have met: its lanes, and how the next session of the transfer begins when this one can't go on.

import type { TransferEvent } from '../api/events.ts';
import { toldOf } from '../api/stop.ts';
import type { DirectWays } from '../direct/direct-ways.ts';
import { PathMeter } from '../flow/path-meter.ts';
import type { Bytes } from '../foundation/bytes.ts';
import { TransferError } from '../foundation/errors.ts';
import { DEAF, type ReachListener, SessionReach } from '../lanes/session-reach.ts';
import { TransferLanes, type TransferLanesContext } from '../lanes/transfer-lanes.ts';
import type { MeetingAccess } from '../link/meet-at-relay.ts';
import type { MetSession } from '../link/met-session.ts';
import type { SealedConnection } from '../link/sealed-connection.ts';
import type { Role } from '../ports/rendezvous.ts';
import { type ControlMessage, encodeControlMessage, type PeerNote } from '../wire/control-message.ts';
import { DIRECT } from '../wire/greeting.ts';
import { encodeRecord, type Record, type RecordKind } from '../wire/record.ts';
import { type LaterStart, outageEvent } from './session.ts';

/** Who hears of what happens to a session. */
export interface SessionContext extends Pick<TransferLanesContext, 'onEnd'> {
  access: MeetingAccess;
  /** Null where only the relay is a way. */
  direct: DirectWays | null;
  /** A record that isn't `reach`, with whether it came on lane 0. While the promise is open, no more are taken from that lane. */
  onRecord(record: Record, isFirstLane: boolean): void | Promise<void>;
  role: Role;
  reconnectTimeoutMs: number;
  /** Whether no other process can go on for this end. */
  isOnce: boolean | (() => boolean);
  onEvent(event: TransferEvent): void;
  /** The other end has lost the session. */
  onRestarted(): void;
}

/** The lanes of a session, and what its phases say on the first. */
export class OpenedSession {
  readonly lanes: TransferLanes;
  readonly transferSecret: MetSession['transferSecret'];
  /** Of both ends. */
  readonly features: readonly string[];
  /** Null where only the relay is a way. */
  readonly direct: DirectWays | null;
  readonly #reach: SessionReach;
  readonly #isOnlyDirect: boolean;
  /** Where the other end begins another session. */
  #next: SealedConnection | null = null;
  readonly #onEvent: SessionContext['onEvent'];
  #isPeerOnce = false;
  readonly #isOnce: SessionContext['isOnce'];
  #isOnceTold = false;

  /**
   * Opens the lanes, and tells the words to be compared. Records come in later turns only.
   * @throws TransferError `interrupted` when the run has ended meanwhile, since nobody would close the lanes
   */
  constructor({ connection, session, transferSecret, verifier }: MetSession, context: SessionContext) {
    const { access, role, reconnectTimeoutMs, isOnce, onEvent, onRestarted, onEnd } = context;
    if (access.signal.aborted) {
      connection.terminate();
      throw new TransferError('interrupted');
    }
    this.transferSecret = transferSecret;
    this.features = connection.features;
    const { stunUrl } = access.rendezvous;
    const knowsWay = context.direct?.beginSession(this.features, stunUrl === null ? [] : [stunUrl]) ?? false;
    this.direct = knowsWay ? context.direct : null;
    this.#isOnlyDirect = context.direct?.isOwnOnly ?? false;
    const path = new PathMeter(access.clock, (told) => onEvent({ type: 'path', ...told }));
    this.#reach = new SessionReach(this.direct, {
      transferSecret,
      role,
      clock: access.clock,
      signal: access.signal,
      hasDirect: () => this.lanes.pool.hasDirect,
      say: (body) => this.sayRecord('reach', body),
    });
    this.lanes = new TransferLanes(connection, session, {
      access,
      role,
      transferSecret,
      direct: this.direct,
      reconnectTimeoutMs,
      onRecord: (record, lane, isFirst) => {
        if (record.kind === 'reach') return this.#hearReach(record.body, isFirst);
        if (record.kind === 'data') path.note(lane.path!, record.body.length);
        return context.onRecord(record, isFirst);
      },
      onConnection: () => this.#reach.noteConnection(),
      onOutage: (outage) => onEvent(outageEvent(outage)),
      onRestarted: (next) => {
        this.#next = next;
        onRestarted();
      },
      onEnd,
    });
    this.lanes.pool.onSend = (lane, bytes) => path.note(lane.path!, bytes);
    this.#onEvent = onEvent;
    this.#isOnce = isOnce;
    this.tellOnce();
    if (verifier !== null) onEvent({ type: 'verifier', words: verifier });
  }

  /**
   * Says where this end can be reached, once its offer is accepted, and takes the same of the other end.
   * @throws TransferError `no-direct-path` where this end takes direct paths alone and the other end knows none
   */
  async startDirect(listener: ReachListener = DEAF): Promise<void> {
    if (this.direct === null && this.#isOnlyDirect) throw new TransferError('no-direct-path');
    return this.#reach.start(listener);
  }

  /** What an end says that knows direct paths, and shares no kind of them with this one, is of no use. */
  async #hearReach(body: Bytes, isFirstLane: boolean): Promise<void> {
    if (this.direct === null && this.features.includes(DIRECT)) return;
    await this.#reach.hear(body, isFirstLane);
  }

  /** Sends a control message. */
  say(message: ControlMessage): Promise<void> {
    return this.sayRecord('control', encodeControlMessage(message));
  }

  /** Sends a record on lane 0. */
  sayRecord(kind: RecordKind, body: Uint8Array): Promise<void> {
    return this.lanes.say(encodeRecord(kind, body));
  }

  /** Tells the other end, once, when no other process can go on for this one. */
  tellOnce(): void {
    const isOnce = typeof this.#isOnce === 'function' ? this.#isOnce() : this.#isOnce;
    if (!isOnce || this.#isOnceTold) return;
    this.#isOnceTold = true;
    // What becomes of a connection that has just been lost is told elsewhere.
    this.say({ type: 'note-once' }).catch(() => {});
  }

  /** Tells what the other end says of itself, once, however often it says so. */
  hear(_note: PeerNote): void {
    if (this.#isPeerOnce) return;
    this.#isPeerOnce = true;
    this.#onEvent({ type: 'unresumable' });
  }

  /** Says why it is over, unless the other end is to seek this one. @param stopping the app's signal */
  async sayAbort(error: TransferError, stopping: AbortSignal): Promise<void> {
    const code = toldOf(error, stopping);
    if (code !== null) await this.say({ type: 'abort', code, file: null });
  }

  /** How the next session of the transfer begins. */
  get laterStart(): LaterStart {
    const { transferSecret } = this;
    if (this.#next === null) return { by: 'secret', transferSecret };
    return { by: 'connection', transferSecret, connection: this.#next };
  }

  /** Closes all lanes after what is queued. */
  close(): Promise<void> {
    return this.lanes.close();
  }
}
