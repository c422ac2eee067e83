// Between sockets and rooms: turns what clients say into events of the rooms, and performs the effects. docs/PROTOCOL.md
// section 19.
import type { Clock } from '@p2p-copy/core/foundation';
import {
  type CloseName,
  type ErrorDetails,
  encodeEntered,
  encodeRoomReply,
  MAX_RETRY_AFTER_MS,
  parseRoomRequest,
  relayReplies,
} from '@p2p-copy/core/relay-protocol';
import type { AccessControl } from '../access/access-control.ts';
import { closeOf, type Ending, GOING_AWAY, OWN_ENDINGS } from '../endings/ending.ts';
import { Recheck } from '../foundation/recheck.ts';
import { addressBlock } from '../limits/address-block.ts';
import type { ConnectionLimits } from '../limits/connection-limits.ts';
import type { Stats } from '../metrics/stats.ts';
import type { ConnectionId } from '../pairing/connection-id.ts';
import type { TrafficLimits } from '../rates/traffic-limits.ts';
import type { RoomChannels } from '../rooms/room-channels.ts';
import { type RoomCaps, RoomTable, type TableEffect } from '../rooms/room-table.ts';
import type { Client } from '../sockets/connection.ts';
import { refuse } from '../sockets/refuse.ts';
import { eventOfBinary, eventOfRequest } from './event-of-message.ts';
import { NoticeSpread } from './notice-spread.ts';
import { RoomConnection, type RoomConnectionSettings, type RoomListener } from './room-connection.ts';
import { type Cost, RoomRates } from './room-rates.ts';
import { VisitorAdmission } from './visitor-admission.ts';
import { bytesOf } from './written-notice.ts';

/** How long a connection may be left unread until it has paid; one that would take longer is closed. */
export const MAX_ROOM_PAUSE_MS = 5_000;
/** How long closed connections get to answer before whoever drains cuts them. */
const CLOSE_ANSWER_MS = 1_000;

interface RoomSettings extends RoomCaps, RoomConnectionSettings {
  maxRoomsPerConnection: number;
  terseErrors: boolean;
}

/** What the rooms share with the pairing of the same relay. */
export interface RoomBoardParts {
  config: RoomSettings;
  clock: Clock;
  stats: Stats;
  connectionLimits: ConnectionLimits;
  access: AccessControl;
  trafficLimits: TrafficLimits;
}

export class RoomBoard implements RoomListener {
  readonly #parts: RoomBoardParts;
  readonly #table: RoomTable;
  readonly #rates: RoomRates;
  readonly #admission: VisitorAdmission;
  readonly #spread: NoticeSpread;
  readonly #connections = new Map<ConnectionId, RoomConnection>();
  /** To be dropped once the present effects are performed. */
  readonly #slow = new Set<RoomConnection>();
  readonly #closings: Recheck;
  #nextId: ConnectionId = 1;
  #isDraining = false;

  /** @param draw a random whole number from 1 to 2^32 − 1 */
  constructor(parts: RoomBoardParts, channels: RoomChannels, draw: () => number) {
    this.#parts = parts;
    this.#table = new RoomTable(parts.config, draw);
    this.#spread = new NoticeSpread(channels, this.#table, (to, message) => {
      const hearer = this.#connections.get(to);
      if (hearer !== undefined) this.#tell(hearer, message);
    });
    this.#rates = new RoomRates(parts.config);
    this.#admission = new VisitorAdmission(parts.access, parts.trafficLimits, this.#rates);
    this.#closings = new Recheck(parts.clock);
  }

  get rooms(): number {
    return this.#table.rooms;
  }

  get places(): number {
    return this.#table.places;
  }

  get connections(): number {
    return this.#connections.size;
  }

  /** Messages between members that were written, and their bytes. */
  get passed(): { readonly messages: number; readonly bytes: number } {
    return this.#spread.passed;
  }

  /** Takes over a fresh WebSocket; false when it refuses it. */
  accept(client: Client): boolean {
    const { stats, connectionLimits, config, clock } = this.#parts;
    if (this.#isDraining) {
      stats.refused('draining', client.ip);
      refuse(client, GOING_AWAY);
      return false;
    }
    const refusal = connectionLimits.enter(addressBlock(client.ip));
    if (refusal !== null) {
      stats.closed(refusal, client.ip);
      refuse(client, closeOf(OWN_ENDINGS, refusal));
      return false;
    }
    const connection = new RoomConnection(this.#nextId++, client, this, config, clock);
    this.#connections.set(connection.id, connection);
    this.#table.arrive(connection.id, connection.address);
    return true;
  }

  /** Closes all: they enter again elsewhere, or later. */
  async drain(): Promise<void> {
    this.#isDraining = true;
    for (const connection of this.#connections.values()) {
      if (connection.phase === 'leaving') continue;
      connection.leave(GOING_AWAY);
      // Nobody is told that the others leave: all do.
      this.#table.step(connection.id, { name: 'end' });
    }
    this.#spread.closeAll();
    await this.#closings.until(() => this.#connections.size === 0, CLOSE_ANSWER_MS);
  }

  /** Ends connections from addresses that are blocked by now, without a word. */
  cut(isBlocked: (ip: string) => boolean): void {
    for (const { ip, socket } of this.#connections.values()) if (isBlocked(ip)) socket.terminate();
  }

  onText(connection: RoomConnection, text: string): void {
    if (connection.phase === 'greeting') {
      this.#greet(connection, text);
      return;
    }
    const request = parseRoomRequest(text);
    const cost = { messages: 1, bytes: Buffer.byteLength(text) };
    if (request?.type !== 'ping') {
      this.#perform(connection, this.#table.step(connection.id, eventOfRequest(request)), cost);
      return;
    }
    this.#tell(connection, PONG);
    this.#charge(connection, cost);
    this.#dropSlow();
  }

  onBinary(connection: RoomConnection, message: Buffer): void {
    const effects = this.#table.step(connection.id, eventOfBinary(message));
    this.#perform(connection, effects, { messages: 1, bytes: message.length });
  }

  onSilence(connection: RoomConnection): void {
    this.#leave(connection, 'hello-timeout');
  }

  onTooLong(connection: RoomConnection): void {
    this.#leave(connection, 'bad-hello');
  }

  onFlood(connection: RoomConnection): void {
    if (connection.phase !== 'leaving') this.#leave(connection, 'flood');
    this.#parts.clock.after(CLOSE_ANSWER_MS, () => connection.socket.terminate());
  }

  onSlow(connection: RoomConnection): void {
    this.#slow.add(connection);
    this.#dropSlow();
  }

  onEnding(connection: RoomConnection): void {
    if (connection.phase === 'leaving') return;
    connection.leave(null);
    this.#end(connection);
  }

  onClosed(connection: RoomConnection): void {
    this.#connections.delete(connection.id);
    this.#parts.connectionLimits.leave(connection.address);
    this.#closings.look();
  }

  onFault(connection: RoomConnection, fault: unknown): void {
    this.#parts.stats.fault(fault);
    connection.socket.terminate();
  }

  #greet(connection: RoomConnection, text: string): void {
    const admitted = this.#admission.admit(text, connection, this.#parts.clock.nowMs());
    if ('refused' in admitted) {
      this.#leave(connection, admitted.refused, admitted.details);
      return;
    }
    connection.payer = admitted.payer;
    connection.enter();
    const { maxRoomsPerConnection: maxRooms } = this.#parts.config;
    const effects = this.#table.step(connection.id, { name: 'hello', maxRooms });
    this.#perform(connection, effects, { messages: 1, bytes: text.length });
  }

  /** @param cost of what was said; what is written because of it is added */
  #perform(connection: RoomConnection, effects: readonly TableEffect[], cost: Cost): void {
    for (const effect of effects) {
      switch (effect.name) {
        case 'welcome':
          this.#tell(connection, encodeRoomReply({ type: 'welcome', rooms: effect.maxRooms, features: [] }));
          break;
        case 'opened':
          this.#spread.open(effect.room);
          break;
        case 'emptied':
          this.#spread.close(effect.room);
          break;
        case 'entered':
          for (const page of encodeEntered(effect.stay.place, effect.number, effect.members)) {
            this.#tell(connection, page);
            add(cost, 1, page.length);
          }
          break;
        case 'refuse': {
          const { code, stay } = effect;
          this.#parts.stats.refused(code === 'room-full' ? 'room-full' : 'places-full', connection.ip);
          this.#tell(connection, encodeRoomReply({ type: 'refused', place: stay.place, code }));
          break;
        }
        case 'notice':
          add(cost, effect.hearers, effect.hearers * bytesOf(effect.notice));
          this.#spread.tell(effect.room, effect.notice);
          break;
        case 'close':
          this.#close(connection, 'bad-hello');
          break;
      }
    }
    this.#charge(connection, cost);
    this.#dropSlow();
  }

  #tell(connection: RoomConnection, message: string | Uint8Array): void {
    if (!connection.tell(message)) this.#slow.add(connection);
  }

  /** Each that leaves is told to others, who may be too slow for it in turn. */
  #dropSlow(): void {
    for (const connection of this.#slow) {
      this.#slow.delete(connection);
      if (connection.phase === 'leaving') continue;
      this.#parts.stats.refused('slow-member', connection.ip);
      connection.leave(null);
      connection.socket.terminate();
      this.#end(connection);
    }
  }

  /** Has the connection wait until it has paid, or closes it where that would take too long. */
  #charge(connection: RoomConnection, cost: Cost): void {
    const nowMs = this.#parts.clock.nowMs();
    this.#rates.charge(connection.address, cost, nowMs);
    const ownMs = connection.budget.charge(cost, nowMs);
    if (connection.phase !== 'inside') return;
    const { payer } = connection;
    const waitMs = Math.max(ownMs, this.#rates.waitMs(connection.address, nowMs));
    const isSpent = payer !== null && !this.#parts.trafficLimits.spendDay(payer, cost.bytes);
    if (isSpent) this.#leave(connection, 'day-limit');
    else if (waitMs > MAX_ROOM_PAUSE_MS) this.#leave(connection, 'rate-limited', { retryAfterMs: waitMs });
    else if (waitMs > 0) connection.pauseFor(waitMs);
  }

  /** Closes a connection, and takes it out of its rooms. */
  #leave(connection: RoomConnection, ending: CloseName | 'flood', details: ErrorDetails = {}): void {
    this.#close(connection, ending, details);
    this.#end(connection);
  }

  #end(connection: RoomConnection): void {
    this.#perform(connection, this.#table.step(connection.id, { name: 'end' }), { messages: 0, bytes: 0 });
  }

  #close(connection: RoomConnection, ending: Ending, { retryAfterMs }: ErrorDetails = {}): void {
    const { stats, config } = this.#parts;
    if (connection.phase === 'leaving') return;
    stats.closed(ending, connection.ip);
    const isTold = retryAfterMs !== undefined && !config.terseErrors;
    const details = isTold ? { retryAfterMs: Math.min(Math.ceil(retryAfterMs), MAX_RETRY_AFTER_MS) } : {};
    const error = REPLIES.error(ending, details);
    if (error !== null) connection.tell(error);
    connection.leave(closeOf(OWN_ENDINGS, ending));
  }
}

const REPLIES = relayReplies(3, []);
const PONG = encodeRoomReply({ type: 'pong' });

function add(cost: Cost, messages: number, bytes: number): void {
  cost.messages += messages;
  cost.bytes += bytes;
}
