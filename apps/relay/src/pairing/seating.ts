// Which connection sits where: alone under a key, or in a pair.
import { InvariantError } from '@p2p-copy/core/foundation';
import type { ConnectionId } from './connection-id.ts';
import type { DialectKeys } from './key-state.ts';

/** What a connection waits under. The kinds, and the keys of each dialect, are name spaces of their own. */
export type Place =
  | { kind: 'nameplate' | 'opaque'; key: string }
  | { kind: 'dialect'; key: string; keys: DialectKeys };

export interface Pair {
  readonly sender: ConnectionId;
  readonly receiver: ConnectionId;
  /** Those of the key under which they met; null for a nameplate and for an opaque key. */
  readonly keys: DialectKeys | null;
  /** null where they met under another kind of key, and once the nameplate is released. */
  nameplate: string | null;
}

export type Seat = { name: 'waiting'; place: Place } | { name: 'paired'; pair: Pair };

export class Seating {
  readonly #seats = new Map<ConnectionId, Seat>();
  readonly #pairs = new Set<Pair>();

  get waiting(): number {
    return this.#seats.size - 2 * this.#pairs.size;
  }

  get pairs(): number {
    return this.#pairs.size;
  }

  seatOf(connection: ConnectionId): Seat | undefined {
    return this.#seats.get(connection);
  }

  wait(connection: ConnectionId, place: Place): void {
    this.#seats.set(connection, { name: 'waiting', place });
  }

  pair(sender: ConnectionId, receiver: ConnectionId, place: Place): void {
    const nameplate = place.kind === 'nameplate' ? place.key : null;
    const pair: Pair = { sender, receiver, keys: place.kind === 'dialect' ? place.keys : null, nameplate };
    this.#pairs.add(pair);
    this.#seats.set(sender, { name: 'paired', pair });
    this.#seats.set(receiver, { name: 'paired', pair });
  }

  unseat(connection: ConnectionId): void {
    const seat = this.#seats.get(connection);
    this.#seats.delete(connection);
    if (seat?.name === 'paired') this.#pairs.delete(seat.pair);
  }

  expectUnseated(connection: ConnectionId): void {
    if (this.#seats.has(connection)) throw new InvariantError('a seated connection says hello again');
  }
}

/** A name for a place; a key alone could stand in two name spaces. */
export function nameOf(place: Place): string {
  return `${place.kind === 'dialect' ? place.keys.name : place.kind} ${place.key}`;
}
