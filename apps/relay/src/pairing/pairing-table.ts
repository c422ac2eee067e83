// Who waits under which key and who is paired with whom. Synchronous, and without socket, clock or randomness:
// events go in, effects come out, and the switchboard performs them.

import { InvariantError } from '@p2p-copy/core/foundation';
import { type ErrorDetails, isNameplate, type Role } from '@p2p-copy/core/relay-protocol';
import type { Ending } from '../endings/ending.ts';
import type { ConnectionId } from './connection-id.ts';
import { Deadlines } from './deadlines.ts';
import { isSameToken } from './is-same-token.ts';
import {
  type DialectKeyEffect,
  type DialectKeyEvent,
  type DialectKeys,
  type KeyState,
  UNUSED,
} from './key-state.ts';
import {
  type NameplateClaim,
  type NameplateEffect,
  type NameplateEvent,
  stepNameplate,
} from './nameplate.ts';
import { NameplateBook } from './nameplate-book.ts';
import { type OpaqueKeyEffect, type OpaqueKeyEvent, stepOpaqueKey } from './opaque-key.ts';
import { nameOf, type Place, Seating } from './seating.ts';
import type { PairingRandomness } from './system-randomness.ts';
import { type WaitingCaps, WaitingRoom } from './waiting-room.ts';

export type PairingEvent =
  | {
      name: 'allocate';
      connection: ConnectionId;
      address: string;
      nameplate: string | null;
      isDrawn: boolean;
      /** With which its sender held it before this relay forgot it; null for a new one. */
      token: string | null;
    }
  | {
      name: 'hello';
      connection: ConnectionId;
      address: string;
      role: Role;
      key: string;
      token: string | null;
    }
  | {
      name: 'dialect hello';
      connection: ConnectionId;
      address: string;
      role: Role;
      key: string;
      keys: DialectKeys;
    }
  | { name: 'release'; connection: ConnectionId }
  | { name: 'gone'; connection: ConnectionId; how: Departure }
  | { name: 'tick' };

/** Whether the connection was closed as one that has nothing more to say, or ended in any other way. */
export type Departure = 'finished' | 'lost';

export type PairingEffect =
  | { name: 'allocated'; to: ConnectionId; nameplate: string; token: string }
  | { name: 'ready'; sender: ConnectionId; receiver: ConnectionId }
  /** The connection was never seated. */
  | { name: 'refuse'; whom: ConnectionId; close: Ending; details?: ErrorDetails }
  /** The connection had a seat and has lost it. */
  | { name: 'close'; whom: ConnectionId; close: Ending };

export class PairingTable {
  readonly #random: PairingRandomness;
  readonly #room: WaitingRoom;
  readonly #book = new NameplateBook();
  readonly #opaqueKeys = new Map<string, KeyState>();
  /** Keys of dialects, by the names of their places. */
  readonly #dialectKeys = new Map<string, KeyState>();
  /** Of nameplates and opaque keys: an end of another dialect may wait for ever. */
  readonly #deadlines = new Deadlines();
  readonly #seating = new Seating();

  constructor(caps: WaitingCaps, random: PairingRandomness) {
    this.#room = new WaitingRoom(caps);
    this.#random = random;
  }

  /** Connections that wait for another. */
  get waiting(): number {
    return this.#seating.waiting;
  }

  get pairs(): number {
    return this.#seating.pairs;
  }

  /** Keys that count against the caps: waited under, or reserved. */
  get occupied(): number {
    return this.#room.size;
  }

  /** Nameplates that aren't free, those in quarantine included. */
  get nameplates(): number {
    return this.#book.size;
  }

  /** Whether it is the claim of the nameplate’s sender. */
  isOwner(claim: NameplateClaim): boolean {
    const state = this.#book.stateOf(claim.nameplate);
    return 'token' in state && isSameToken(state.token, claim.token);
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
      case 'dialect hello':
        return this.#dialectHello(event, nowMs);
      case 'release':
        return this.#release(event.connection, nowMs);
      case 'gone':
        return this.#gone(event, nowMs);
      case 'tick':
        return this.#tick(nowMs);
    }
  }

  #allocate(event: PairingEvent & { name: 'allocate' }, nowMs: number): PairingEffect[] {
    this.#seating.expectUnseated(event.connection);
    const refusal = this.#room.refusalFor(event.address);
    if (refusal !== null) return [{ name: 'refuse', whom: event.connection, close: refusal }];
    const nameplate = event.nameplate ?? this.#book.draw((limit) => this.#random.randomBelow(limit));
    const token = event.token ?? this.#random.randomToken();
    const { isDrawn } = event;
    const allocate = { name: 'allocate', sender: event.connection, token, isDrawn } as const;
    const effects = this.#stepNameplate(nameplate, allocate, event.address, nowMs);
    if (!isDrawn) return effects;
    return effects.map((effect) =>
      effect.name === 'refuse' ? { ...effect, details: { digits: this.#book.roomyDigits() } } : effect,
    );
  }

  #hello(event: PairingEvent & { name: 'hello' }, nowMs: number): PairingEffect[] {
    const { connection, address, role, key, token } = event;
    this.#seating.expectUnseated(connection);
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

  #dialectHello(event: PairingEvent & { name: 'dialect hello' }, nowMs: number): PairingEffect[] {
    const { connection, address, role, key, keys } = event;
    this.#seating.expectUnseated(connection);
    const place = { kind: 'dialect', key, keys } as const;
    const refusal = this.#dialectKeys.has(nameOf(place)) ? null : this.#room.refusalFor(address);
    if (refusal !== null) return [{ name: 'refuse', whom: connection, close: keys.refusals[refusal] }];
    return this.#stepDialectKey(place, { name: 'arrive', role, connection }, address, nowMs);
  }

  #release(connection: ConnectionId, nowMs: number): PairingEffect[] {
    const seat = this.#seating.seatOf(connection);
    if (seat?.name !== 'paired') throw new InvariantError('release outside a pair');
    if (seat.pair.sender !== connection) throw new InvariantError('release by a receiver');
    const { nameplate } = seat.pair;
    // Under an opaque key, or released before: there is no nameplate to give up.
    if (nameplate === null) return [];
    seat.pair.nameplate = null;
    return this.#stepNameplate(nameplate, { name: 'release' }, null, nowMs);
  }

  #gone({ connection, how }: PairingEvent & { name: 'gone' }, nowMs: number): PairingEffect[] {
    const seat = this.#seating.seatOf(connection);
    if (seat === undefined) throw new InvariantError('a connection without a seat is gone');
    this.#seating.unseat(connection);
    if (seat.name === 'waiting') return this.#leavePlace(seat.place, how, nowMs);
    const { sender, receiver, keys, nameplate } = seat.pair;
    const other = sender === connection ? receiver : sender;
    this.#seating.unseat(other);
    const close = keys === null ? 'peer-left' : keys.departures[how];
    const closeOther: PairingEffect = { name: 'close', whom: other, close };
    if (nameplate === null) return [closeOther];
    return [closeOther, ...this.#stepNameplate(nameplate, { name: 'pair ended' }, null, nowMs)];
  }

  #leavePlace(place: Place, how: Departure, nowMs: number): PairingEffect[] {
    switch (place.kind) {
      case 'nameplate': {
        const name = how === 'finished' ? 'sender left' : 'sender lost';
        return this.#stepNameplate(place.key, { name }, null, nowMs);
      }
      case 'opaque':
        return this.#stepOpaqueKey(place.key, { name: 'gone' }, null, nowMs);
      case 'dialect':
        return this.#stepDialectKey(place, { name: 'gone' }, null, nowMs);
    }
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
  #stepNameplate(key: string, event: NameplateEvent, address: string | null, nowMs: number): PairingEffect[] {
    const place: Place = { kind: 'nameplate', key };
    const before = this.#book.stateOf(key);
    const { state, effects } = stepNameplate(before, event);
    if (state !== before) {
      const bringsSender = event.name === 'allocate' || event.name === 'sender';
      const owner = bringsSender ? address : this.#book.addressOf(key);
      if (owner === null) throw new InvariantError('a nameplate without an owner');
      this.#book.set(key, state, owner);
      this.#deadlines.clear(key);
      if (state.name === 'waiting' || state.name === 'away') this.#room.enter(place, owner);
      else this.#room.leave(place);
    }
    const outcome = effects.flatMap((effect) => this.#settle(place, effect, nowMs));
    if (state.name === 'waiting') this.#seating.wait(state.sender, place);
    return outcome;
  }

  #stepOpaqueKey(key: string, event: OpaqueKeyEvent, address: string | null, nowMs: number): PairingEffect[] {
    const { state, effects } = stepOpaqueKey(this.#opaqueKeys.get(key) ?? UNUSED, event);
    this.#deadlines.clear(key);
    const place: Place = { kind: 'opaque', key };
    const outcome = effects.flatMap((effect) => this.#settle(place, effect, nowMs));
    if (state.name === 'waiting') this.#opaqueKeys.set(key, state);
    else this.#opaqueKeys.delete(key);
    this.#occupy(place, state, address);
    return outcome;
  }

  #stepDialectKey(
    place: Place & { kind: 'dialect' },
    event: DialectKeyEvent,
    address: string | null,
    nowMs: number,
  ): PairingEffect[] {
    const name = nameOf(place);
    const { state, effects } = place.keys.step(this.#dialectKeys.get(name) ?? UNUSED, event);
    const outcome = effects.flatMap((effect) => this.#settle(place, effect, nowMs));
    if (state.name === 'waiting') this.#dialectKeys.set(name, state);
    else this.#dialectKeys.delete(name);
    this.#occupy(place, state, address);
    return outcome;
  }

  /** Seats who waits at a place that forgets everybody who leaves it. */
  #occupy(place: Place, state: KeyState, address: string | null): void {
    if (state.name === 'free') {
      this.#room.leave(place);
      return;
    }
    if (address === null) throw new InvariantError('someone waits without an address');
    this.#room.enter(place, address);
    this.#seating.wait(state.connection, place);
  }

  /** Does what an effect means for seats and deadlines, and passes on what it means for connections. */
  #settle(
    place: Place,
    effect: NameplateEffect | OpaqueKeyEffect | DialectKeyEffect,
    nowMs: number,
  ): PairingEffect[] {
    switch (effect.name) {
      case 'lapse':
        this.#deadlines.set(place.key, effect.afterMs, nowMs);
        return [];
      case 'allocated':
        return [{ ...effect, nameplate: place.key }];
      case 'ready':
        this.#seating.pair(effect.sender, effect.receiver, place);
        return [effect];
      case 'close':
        this.#seating.unseat(effect.whom);
        return [effect];
      case 'refuse':
        return [effect];
    }
  }
}
