// Who waits under which key and who is paired with whom. Synchronous, and without socket, clock or randomness:
// events go in, effects come out, and the switchboard performs them.
import { type CloseName, isNameplate, type Role } from '@p2p-copy/core/relay-protocol';
import { InvariantError } from '../invariant-error.ts';
import type { ConnectionId } from './connection-id.ts';
import { Deadlines } from './deadlines.ts';
import { type NameplateEffect, type NameplateEvent, stepNameplate } from './nameplate.ts';
import { NameplateBook } from './nameplate-book.ts';
import type { OpaqueKeyState } from './opaque-key.ts';
import { type OpaqueKeyEffect, type OpaqueKeyEvent, stepOpaqueKey, UNUSED } from './opaque-key.ts';
import { type WaitingCaps, WaitingRoom } from './waiting-room.ts';

export type PairingEvent =
  | { name: 'allocate'; connection: ConnectionId; address: string; nameplate: string | null }
  | {
      name: 'hello';
      connection: ConnectionId;
      address: string;
      role: Role;
      key: string;
      token: string | null;
    }
  | { name: 'release'; connection: ConnectionId }
  | { name: 'gone'; connection: ConnectionId }
  | { name: 'tick' };

export type PairingEffect =
  | { name: 'allocated'; to: ConnectionId; nameplate: string; token: string }
  | { name: 'ready'; sender: ConnectionId; receiver: ConnectionId }
  /** The connection was never seated. */
  | { name: 'refuse'; whom: ConnectionId; close: CloseName }
  /** The connection had a seat and has lost it. */
  | { name: 'close'; whom: ConnectionId; close: CloseName };

export interface PairingRandomness {
  /** A uniform whole number from 0 to `limit` − 1. */
  randomBelow(limit: number): number;
  randomToken(): string;
}

interface Pair {
  sender: ConnectionId;
  receiver: ConnectionId;
  /** null under an opaque key, and once the nameplate is released. */
  nameplate: string | null;
}

type Seat = { name: 'waiting'; key: string } | { name: 'paired'; pair: Pair };

export class PairingTable {
  readonly #random: PairingRandomness;
  readonly #room: WaitingRoom;
  readonly #book = new NameplateBook();
  readonly #opaqueKeys = new Map<string, OpaqueKeyState>();
  readonly #deadlines = new Deadlines();
  readonly #seats = new Map<ConnectionId, Seat>();
  readonly #pairs = new Set<Pair>();

  constructor(caps: WaitingCaps, random: PairingRandomness) {
    this.#room = new WaitingRoom(caps);
    this.#random = random;
  }

  /** Connections that wait for another. */
  get waiting(): number {
    return this.#seats.size - 2 * this.#pairs.size;
  }

  get pairs(): number {
    return this.#pairs.size;
  }

  /** Keys that count against the caps: waited under, or reserved. */
  get occupied(): number {
    return this.#room.size;
  }

  /** Nameplates that aren't free, those in quarantine included. */
  get nameplates(): number {
    return this.#book.size;
  }

  /** When to send the next `tick`, or null for not at all. */
  nextDueMs(): number | null {
    return this.#deadlines.nextMs();
  }

  step(event: PairingEvent, nowMs: number): PairingEffect[] {
    switch (event.name) {
      case 'allocate':
        return this.#allocate(event, nowMs);
      case 'hello':
        return this.#hello(event, nowMs);
      case 'release':
        return this.#release(event.connection, nowMs);
      case 'gone':
        return this.#gone(event.connection, nowMs);
      case 'tick':
        return this.#tick(nowMs);
    }
  }

  #allocate(event: PairingEvent & { name: 'allocate' }, nowMs: number): PairingEffect[] {
    this.#expectUnseated(event.connection);
    const refusal = this.#room.refusalFor(event.address);
    if (refusal !== null) return [{ name: 'refuse', whom: event.connection, close: refusal }];
    const nameplate = event.nameplate ?? this.#book.draw((limit) => this.#random.randomBelow(limit));
    const token = this.#random.randomToken();
    const allocate = { name: 'allocate', sender: event.connection, token } as const;
    return this.#stepNameplate(nameplate, allocate, event.address, nowMs);
  }

  #hello(event: PairingEvent & { name: 'hello' }, nowMs: number): PairingEffect[] {
    const { connection, address, role, key, token } = event;
    this.#expectUnseated(connection);
    if (isNameplate(key)) {
      return role === 'sender'
        ? this.#stepNameplate(key, { name: 'sender', sender: connection, token }, address, nowMs)
        : this.#stepNameplate(key, { name: 'receiver', receiver: connection }, address, nowMs);
    }
    // Someone who meets a waiting one needs no room of its own.
    const refusal = this.#opaqueKeys.has(key) ? null : this.#room.refusalFor(address);
    if (refusal !== null) return [{ name: 'refuse', whom: connection, close: refusal }];
    return this.#stepOpaqueKey(key, { name: 'arrive', role, connection }, address, nowMs);
  }

  #release(connection: ConnectionId, nowMs: number): PairingEffect[] {
    const seat = this.#seats.get(connection);
    if (seat?.name !== 'paired') throw new InvariantError('release outside a pair');
    if (seat.pair.sender !== connection) throw new InvariantError('release by a receiver');
    const { nameplate } = seat.pair;
    // Under an opaque key, or released before: there is no nameplate to give up.
    if (nameplate === null) return [];
    seat.pair.nameplate = null;
    return this.#stepNameplate(nameplate, { name: 'release' }, null, nowMs);
  }

  #gone(connection: ConnectionId, nowMs: number): PairingEffect[] {
    const seat = this.#seats.get(connection);
    if (seat === undefined) throw new InvariantError('a connection without a seat is gone');
    this.#unseat(connection);
    if (seat.name === 'waiting') {
      return isNameplate(seat.key)
        ? this.#stepNameplate(seat.key, { name: 'sender gone' }, null, nowMs)
        : this.#stepOpaqueKey(seat.key, { name: 'gone' }, null, nowMs);
    }
    const { sender, receiver, nameplate } = seat.pair;
    const other = sender === connection ? receiver : sender;
    this.#unseat(other);
    const closeOther: PairingEffect = { name: 'close', whom: other, close: 'peer-left' };
    if (nameplate === null) return [closeOther];
    return [closeOther, ...this.#stepNameplate(nameplate, { name: 'pair ended' }, null, nowMs)];
  }

  #tick(nowMs: number): PairingEffect[] {
    return this.#deadlines
      .takeDue(nowMs)
      .flatMap((key) =>
        isNameplate(key)
          ? this.#stepNameplate(key, { name: 'expire' }, null, nowMs)
          : this.#stepOpaqueKey(key, { name: 'expire' }, null, nowMs),
      );
  }

  /** @param address of the sender that `event` brings, or null when it brings none */
  #stepNameplate(
    nameplate: string,
    event: NameplateEvent,
    address: string | null,
    nowMs: number,
  ): PairingEffect[] {
    const before = this.#book.stateOf(nameplate);
    const { state, effects } = stepNameplate(before, event);
    if (state !== before) {
      const bringsSender = event.name === 'allocate' || event.name === 'sender';
      const owner = bringsSender ? address : this.#book.addressOf(nameplate);
      if (owner === null) throw new InvariantError('a nameplate without an owner');
      this.#book.set(nameplate, state, owner);
      this.#deadlines.clear(nameplate);
      if (state.name === 'waiting' || state.name === 'away') this.#room.enter(nameplate, owner);
      else this.#room.leave(nameplate);
    }
    const outcome = effects.flatMap((effect) => this.#settle(nameplate, effect, nowMs));
    if (state.name === 'waiting') this.#seats.set(state.sender, { name: 'waiting', key: nameplate });
    return outcome;
  }

  #stepOpaqueKey(key: string, event: OpaqueKeyEvent, address: string | null, nowMs: number): PairingEffect[] {
    const { state, effects } = stepOpaqueKey(this.#opaqueKeys.get(key) ?? UNUSED, event);
    this.#deadlines.clear(key);
    const outcome = effects.flatMap((effect) => this.#settle(key, effect, nowMs));
    if (state.name === 'waiting') {
      if (address === null) throw new InvariantError('someone waits without an address');
      this.#opaqueKeys.set(key, state);
      this.#room.enter(key, address);
      this.#seats.set(state.connection, { name: 'waiting', key });
    } else {
      this.#opaqueKeys.delete(key);
      this.#room.leave(key);
    }
    return outcome;
  }

  /** Does what an effect means for seats and deadlines, and passes on what it means for connections. */
  #settle(key: string, effect: NameplateEffect | OpaqueKeyEffect, nowMs: number): PairingEffect[] {
    switch (effect.name) {
      case 'lapse':
        this.#deadlines.set(key, effect.afterMs, nowMs);
        return [];
      case 'allocated':
        return [{ ...effect, nameplate: key }];
      case 'ready':
        this.#seatPair(effect.sender, effect.receiver, isNameplate(key) ? key : null);
        return [effect];
      case 'close':
        this.#unseat(effect.whom);
        return [effect];
      case 'refuse':
        return [effect];
    }
  }

  #seatPair(sender: ConnectionId, receiver: ConnectionId, nameplate: string | null): void {
    const pair: Pair = { sender, receiver, nameplate };
    this.#pairs.add(pair);
    this.#seats.set(sender, { name: 'paired', pair });
    this.#seats.set(receiver, { name: 'paired', pair });
  }

  #unseat(connection: ConnectionId): void {
    const seat = this.#seats.get(connection);
    this.#seats.delete(connection);
    if (seat?.name === 'paired') this.#pairs.delete(seat.pair);
  }

  #expectUnseated(connection: ConnectionId): void {
    if (this.#seats.has(connection)) throw new InvariantError('a seated connection says hello again');
  }
}
