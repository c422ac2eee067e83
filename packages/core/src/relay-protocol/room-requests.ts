// What a client of the rooms says to the relay in text: parse untrusted text, encode our own. docs/PROTOCOL.md section 19.
import { MAX_PROOF_LENGTH } from './access-token.ts';
import type { CloseName } from './close-codes.ts';
import { MAX_ROOM_TEXT_BYTES, RELAY_PROTOCOL_VERSION } from './constants.ts';
import { parseFeatures } from './features.ts';
import { parseObject } from './messages.ts';
import { isOpaqueKey } from './pairing-key.ts';
import { isCardText, isPlace } from './room-values.ts';

/** The first message. */
export interface RoomHello {
  type: 'hello';
  features: readonly string[];
  /** Access token, as the operator of the relay gave it; null for none. */
  accessToken: string | null;
}

/** What a client asks once the relay has said `welcome`. `card` is base64url. */
export type RoomRequest =
  | { type: 'enter'; place: number; room: string; card: string }
  | { type: 'change'; place: number; card: string }
  | { type: 'exit'; place: number }
  | { type: 'ping' };

/** Parses a client's first message. Returns the close name to refuse it with when it isn't one. */
export function parseRoomHello(text: string): RoomHello | { refused: CloseName } {
  const fields = parseObject(text, MAX_ROOM_TEXT_BYTES);
  if (fields?.type !== 'hello' || typeof fields.version !== 'number') return { refused: 'bad-hello' };
  if (fields.version !== RELAY_PROTOCOL_VERSION) return { refused: 'wrong-version' };
  const { accessToken = null } = fields;
  const features = parseFeatures(fields.features);
  const isShown = typeof accessToken === 'string' && accessToken.length <= MAX_PROOF_LENGTH;
  if (features === null || !(accessToken === null || isShown)) return { refused: 'bad-hello' };
  return { type: 'hello', features, accessToken: isShown ? accessToken : null };
}

/** Parses what follows it; null for what is none of the messages. */
export function parseRoomRequest(text: string): RoomRequest | null {
  const fields = parseObject(text, MAX_ROOM_TEXT_BYTES);
  if (fields === null) return null;
  const { type, place, room, card } = fields;
  if (type === 'ping') return { type };
  if (!isPlace(place)) return null;
  switch (type) {
    case 'enter':
      return typeof room === 'string' && isOpaqueKey(room) && isCardText(card)
        ? { type, place, room, card }
        : null;
    case 'change':
      return isCardText(card) ? { type, place, card } : null;
    case 'exit':
      return { type, place };
    default:
      return null;
  }
}

/** Encodes the first message of a client. */
export function encodeRoomHello({ features, accessToken }: Omit<RoomHello, 'type'>): string {
  return JSON.stringify({
    type: 'hello',
    version: RELAY_PROTOCOL_VERSION,
    features,
    ...(accessToken !== null && { accessToken }),
  });
}

/** Encodes what follows it. */
export function encodeRoomRequest(request: RoomRequest): string {
  return JSON.stringify(request);
}
