// Port: rooms, in which devices are present and pass each other small messages, under an opaque key. Cards and messages are
// bytes that their members seal; whoever carries them can drop, delay, repeat and swap them. docs/PROTOCOL.md section 19.
import type { Bytes } from '../foundation/bytes.ts';
import type { TransferError } from '../foundation/errors.ts';

/** Another member of a room, as it is told. `number` says where messages go, and nothing about who is there. */
export interface RoomMember {
  readonly number: number;
  readonly card: Bytes;
}

/** What happens in a room, in its order. */
export type RoomEvent =
  /** This end is in the room, for the first time or again: these are all others, and numbers from before count no more. */
  | { kind: 'entered'; number: number; members: readonly RoomMember[] }
  | ({ kind: 'joined' } & RoomMember)
  | ({ kind: 'changed' } & RoomMember)
  | { kind: 'left'; number: number }
  | { kind: 'message'; from: number; bytes: Bytes }
  /** This end isn't in the room, nor known to be, and is entering by itself. Told again when the reason is another. */
  | { kind: 'away'; why: TransferError }
  /** It isn't entered any more. `why`: null where this end left. Given from then on for ever. */
  | { kind: 'ended'; why: TransferError | null };

/** One room that this end wants to be in. */
export interface Room {
  /**
   * The next event in order. Never rejects. Where an app doesn't take them for long, its connection is given up, and it
   * enters again.
   */
  receive(): Promise<RoomEvent>;
  /**
   * Says something to one member, or to all others (`null`): at most 64 KiB, at most once, and nothing tells whether it
   * arrived. False while this end is away: then nothing is said.
   */
  send(to: number | null, bytes: Uint8Array): boolean;
  /** Shows another card from now on, of at most 4 KiB. */
  change(card: Bytes): void;
  /** Leaves for good. */
  exit(): void;
}

/** The rooms of one carrier. */
export interface Rooms {
  /**
   * Enters a room, and enters it again whenever it is lost. A room that this end is in can't be entered twice.
   * @param key an opaque key, base64url of 32 bytes
   * @param card what the others see, of at most 4 KiB
   */
  enter(key: string, card: Bytes): Room;
  /** Leaves all rooms. */
  close(): void;
}
