// The rooms of a relay: what an app composes from a platform's WebSocket. docs/PROTOCOL.md section 19.
import { randomBytes, viewOf } from '../foundation/bytes.ts';
import type { Clock } from '../foundation/clock.ts';
import { invariant } from '../foundation/invariant.ts';
import type { DialRelay } from '../ports/relay-socket.ts';
import type { Rooms } from '../ports/rooms.ts';
import { isOpaqueKey } from '../relay-protocol/pairing-key.ts';
import { AccessProofs } from './access-proofs.ts';
import { RoomsConnection } from './rooms-connection.ts';
import { VisitedRoom } from './visited-room.ts';

/** On one connection, unless the relay says fewer. */
const MOST_ROOMS = 8;

/**
 * Rooms at a relay.
 * @param tokenFor the access token for relays of an origin, such as `https://relay.example`; null for none
 * @param random a number from 0 to below 1, for pauses
 */
export function relayRooms(
  dial: DialRelay,
  clock: Clock,
  relayUrl: string,
  tokenFor: (origin: string) => string | null = () => null,
  random: () => number = uniform,
): Rooms {
  const access = { dial, clock, relayUrl, proofs: new AccessProofs(tokenFor) };
  const connections = new Set<RoomsConnection>();
  const rooms = new Set<VisitedRoom>();
  let mostRooms = MOST_ROOMS;

  function connect(room: VisitedRoom): void {
    const free = [...connections].find(({ hasPlace }) => hasPlace);
    if (free !== undefined) {
      free.add(room);
      return;
    }
    const onTooMany = (others: VisitedRoom[]) => {
      mostRooms = 1;
      for (const other of others) connect(other);
    };
    const connection = new RoomsConnection({ access, random, onTooMany }, room, mostRooms);
    connections.add(connection);
    void connection.run().finally(() => connections.delete(connection));
  }

  return {
    enter(key, card) {
      invariant(isOpaqueKey(key), 'a room without an opaque key');
      for (const room of rooms) {
        if (!room.isWanted) rooms.delete(room);
        else invariant(room.key !== key, 'a room is entered twice');
      }
      const room = new VisitedRoom(key, card);
      rooms.add(room);
      connect(room);
      return room;
    },
    close() {
      for (const room of rooms) room.exit();
      rooms.clear();
    },
  };
}

function uniform(): number {
  return viewOf(randomBytes(4)).getUint32(0) / 2 ** 32;
}
