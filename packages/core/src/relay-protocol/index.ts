// The relay's side of core: all that apps/relay may import.
export {
  ACCESS_TOKEN_ID_BYTES,
  ACCESS_TOKEN_PREFIX,
  ACCESS_TOKEN_SECRET_BYTES,
  type AccessProof,
  parseAccessToken,
} from './access-token.ts';
export { CLOSE_CODES, type CloseName, closeNameOf } from './close-codes.ts';
export * from './constants.ts';
export { commonFeatures } from './features.ts';
export {
  type Announcement,
  encodeFirstMessage,
  type FirstMessage,
  isReleaseMessage,
  parseFirstMessage,
  parseRelayMessage,
  RELEASE_MESSAGE,
  type Role,
} from './messages.ts';
export { isNameplate, isOpaqueKey } from './pairing-key.ts';
export { type ErrorDetails, type RelayReplies, relayReplies } from './relay-replies.ts';
export {
  encodeEntered,
  encodeRoomReply,
  parseRoomReply,
  type RoomRefusal,
  type RoomReply,
  type ToldMember,
} from './room-replies.ts';
export {
  encodeRoomHello,
  encodeRoomRequest,
  parseRoomHello,
  parseRoomRequest,
  type RoomHello,
  type RoomRequest,
} from './room-requests.ts';
export { encodeRoomMessage, parseRoomMessage, type RoomMessage } from './room-values.ts';
