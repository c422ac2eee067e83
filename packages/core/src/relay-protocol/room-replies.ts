// What the relay says to a client of the rooms in text: encode our own, parse untrusted text. docs/PROTOCOL.md section 19.
import { MAX_MESSAGE_BYTES, ROOM_PAGE_CHARACTERS } from './constants.ts';
import { parseFeatures } from './features.ts';
import { parseObject } from './messages.ts';
import { isCardText, isPlace } from './room-values.ts';

/** A member of a room as the relay tells it: `number` is a hint, `card` base64url. */
export interface ToldMember {
  readonly number: number;
  readonly card: string;
}

/** Why a client isn't in a room that it wanted to enter. */
export type RoomRefusal = 'room-full' | 'relay-full' | 'rate-limited';

/** What the relay says about rooms; `redirect` and `error` are those of pairing. */
export type RoomReply =
  | { type: 'welcome'; rooms: number; features: readonly string[] }
  | { type: 'entered'; place: number; number: number; members: readonly ToldMember[]; more?: boolean }
  /** `code` is null for one that this version doesn't know. */
  | { type: 'refused'; place: number; code: RoomRefusal | null }
  | { type: 'joined' | 'changed'; place: number; number: number; card: string }
  | { type: 'left'; place: number; number: number }
  | { type: 'pong' };

const REFUSALS: readonly unknown[] = ['room-full', 'relay-full', 'rate-limited'] satisfies RoomRefusal[];

/** Encodes a reply. */
export function encodeRoomReply(reply: RoomReply): string {
  return JSON.stringify(reply);
}

/** The pages of `entered`: at least one, each but the last with `more`. */
export function encodeEntered(place: number, number: number, members: readonly ToldMember[]): string[] {
  const pages: ToldMember[][] = [[]];
  let characters = 0;
  for (const { number: whose, card } of members) {
    if (characters >= ROOM_PAGE_CHARACTERS) {
      pages.push([]);
      characters = 0;
    }
    pages.at(-1)!.push({ number: whose, card });
    characters += card.length;
  }
  return pages.map((page, index) =>
    encodeRoomReply({
      type: 'entered',
      place,
      number,
      members: page,
      ...(index < pages.length - 1 && { more: true }),
    }),
  );
}

/** Parses a reply; null when it is none of this protocol. */
export function parseRoomReply(text: string): RoomReply | null {
  const fields = parseObject(text, MAX_MESSAGE_BYTES);
  if (fields === null) return null;
  const { type, place, number, card } = fields;
  if (type === 'welcome') return parseWelcome(fields);
  if (type === 'pong') return { type };
  if (!isPlace(place)) return null;
  if (type === 'refused') return parseRefused(fields, place);
  if (!isPlace(number)) return null;
  switch (type) {
    case 'entered':
      return parseEntered(fields, place, number);
    case 'joined':
    case 'changed':
      return isCardText(card) ? { type, place, number, card } : null;
    case 'left':
      return { type, place, number };
    default:
      return null;
  }
}

function parseWelcome({ rooms, features: said }: Record<string, unknown>): RoomReply | null {
  const features = parseFeatures(said);
  return features === null || !isPlace(rooms) ? null : { type: 'welcome', rooms, features };
}

function parseRefused({ code }: Record<string, unknown>, place: number): RoomReply | null {
  if (typeof code !== 'string') return null;
  return { type: 'refused', place, code: REFUSALS.includes(code) ? (code as RoomRefusal) : null };
}

function parseEntered(
  { members, more = false }: Record<string, unknown>,
  place: number,
  number: number,
): RoomReply | null {
  if (!Array.isArray(members) || typeof more !== 'boolean') return null;
  const told = members.flatMap((member: unknown) => {
    const { number: whose, card } = (member ?? {}) as Record<string, unknown>;
    return isPlace(whose) && isCardText(card) ? [{ number: whose, card }] : [];
  });
  if (told.length < members.length) return null;
  return { type: 'entered', place, number, members: told, more };
}
