// The values in messages of rooms, and the bytes before a message between members. docs/PROTOCOL.md section 19.
import { MAX_CARD_BYTES, MAX_ROOM_MESSAGE_BYTES, ROOM_HEADER_BYTES } from './constants.ts';

const MAX_U32 = 2 ** 32 - 1;
/** Base64url without padding of that many bytes. */
const MAX_CARD_CHARACTERS = Math.ceil((MAX_CARD_BYTES * 4) / 3);

/** Whether `value` can be a place, or the number of a member: a whole number from 1 to 2^32 − 1. */
export function isPlace(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= MAX_U32;
}

/** Whether `value` is base64url of 0 to 4,096 bytes. */
export function isCardText(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value.length <= MAX_CARD_CHARACTERS &&
    value.length % 4 !== 1 &&
    /^[A-Za-z0-9_-]*$/.test(value)
  );
}

/** A message between members. */
export interface RoomMessage {
  place: number;
  /** From a client: whom it is for, 0 for all others. From the relay: who said it. */
  number: number;
  bytes: Uint8Array;
}

/** Parses a binary message; null where it is too short or too long to be one. `bytes` is a view. */
export function parseRoomMessage(
  message: Uint8Array<ArrayBuffer>,
): (RoomMessage & { bytes: Uint8Array<ArrayBuffer> }) | null {
  const length = message.length - ROOM_HEADER_BYTES;
  if (length < 0 || length > MAX_ROOM_MESSAGE_BYTES) return null;
  const header = new DataView(message.buffer, message.byteOffset, ROOM_HEADER_BYTES);
  const place = header.getUint32(0);
  return place === 0
    ? null
    : { place, number: header.getUint32(4), bytes: message.subarray(ROOM_HEADER_BYTES) };
}

/** Encodes a binary message, in memory of its own. */
export function encodeRoomMessage({ place, number, bytes }: RoomMessage): Uint8Array<ArrayBuffer> {
  const message = new Uint8Array(ROOM_HEADER_BYTES + bytes.length);
  const header = new DataView(message.buffer);
  header.setUint32(0, place);
  header.setUint32(4, number);
  message.set(bytes, ROOM_HEADER_BYTES);
  return message;
}
