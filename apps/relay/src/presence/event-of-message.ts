// The event of the rooms that a message of a client is, after its first one.
import { parseRoomMessage, type RoomRequest } from '@p2p-copy/core/relay-protocol';
import type { TableEvent } from '../rooms/room-table.ts';

const OUT_OF_TURN: TableEvent = { name: 'out of turn' };

/** @param request null for text that is none */
export function eventOfRequest(request: Exclude<RoomRequest, { type: 'ping' }> | null): TableEvent {
  switch (request?.type) {
    case undefined:
      return OUT_OF_TURN;
    case 'enter': {
      const { place, room, card } = request;
      return { name: 'enter', place, room, card };
    }
    case 'change':
      return { name: 'change', place: request.place, card: request.card };
    case 'exit':
      return { name: 'exit', place: request.place };
  }
}

/** A message between members; its bytes are a view. */
export function eventOfBinary({ buffer, byteOffset, length }: Buffer): TableEvent {
  const parsed = parseRoomMessage(new Uint8Array(buffer as ArrayBuffer, byteOffset, length));
  if (parsed === null) return OUT_OF_TURN;
  const { place, number, bytes } = parsed;
  return { name: 'message', place, to: number === 0 ? null : number, bytes };
}
