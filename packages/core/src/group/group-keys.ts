// What follows from a group's secret: the room of an epoch, and what hides the cards in it. docs/PROTOCOL.md section 20.
import { derive } from '../crypto/derive-keys.ts';
import { lengthValueCat } from '../crypto/length-value.ts';
import { type Bytes, u32 } from '../foundation/bytes.ts';

const KEY_BYTES = 32;

/** A group at one epoch, as a room needs it. */
export interface RoomScope {
  /** 32 bytes. */
  groupId: Bytes;
  epoch: number;
  /** Of that epoch, 32 bytes. */
  secret: Bytes;
}

/** The opaque key of the room, 32 bytes: all that a relay hears of a group. */
export function deriveRoomKey({ groupId, epoch, secret }: RoomScope): Promise<Bytes> {
  return derive(secret, 'room key', lengthValueCat(groupId, u32(epoch)), KEY_BYTES);
}

/** What the keys of cards are derived from, 32 bytes. */
export function deriveCardKey({ groupId, epoch, secret }: RoomScope): Promise<Bytes> {
  return derive(secret, 'card key', lengthValueCat(groupId, u32(epoch)), KEY_BYTES);
}

/** What tells members of a group from others on a local network, 32 bytes. */
export function deriveMdnsKey({ secret }: Pick<RoomScope, 'secret'>): Promise<Bytes> {
  return derive(secret, 'mdns', new Uint8Array(0), KEY_BYTES);
}
