// A notice of a room as it is written to one member.
import { encodeRoomMessage, encodeRoomReply } from '@p2p-copy/core/relay-protocol';
import type { Notice } from '../rooms/room.ts';

/** @param place the place of the member that hears it */
export function writtenNotice(notice: Notice, place: number): string | Uint8Array {
  const { number } = notice;
  switch (notice.name) {
    case 'joined':
    case 'changed':
      return encodeRoomReply({ type: notice.name, place, number, card: notice.card });
    case 'left':
      return encodeRoomReply({ type: 'left', place, number });
    case 'message':
      return encodeRoomMessage({ place, number, bytes: notice.bytes });
  }
}

/** Bytes of what a member said, for which it is charged each time that they are written. */
export function bytesOf(notice: Notice): number {
  switch (notice.name) {
    case 'joined':
    case 'changed':
      return notice.card.length;
    case 'left':
      return 0;
    case 'message':
      return notice.bytes.length;
  }
}
