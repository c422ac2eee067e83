// Which connection sits where: alone under a key, or in a pair.
import { InvariantError } from '@p2p-copy/core/foundation';
import type { ConnectionId } from './connection-id.ts';

/** What a connection waits under. The three kinds are name spaces of their own. */
export interface Place {
  kind: 'nameplate' | 'opaque' | 'classic';
  key: string;
}

export interface Pair {
  readonly sender: ConnectionId;
  readonly receiver: ConnectionId;
  /** Of where they met. */
  readonly kind: Place['kind'];
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

  pair(sender: ConnectionId, receiver: ConnectionId, { kind, key }: Place): void {
    const pair: Pair = { sender, receiver, kind, nameplate: kind === 'nameplate' ? key : null };
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
