// The relay's side of core: all that apps/relay may import.
export {
  CLASSIC_CLOSE_CODES,
  CLASSIC_READY,
  CLASSIC_SOCKET_PATH,
  type ClassicCloseName,
  type ClassicHello,
  parseClassicHello,
} from './classic-hello.ts';
export { CLOSE_CODES, type CloseName, closeNameOf } from './close-codes.ts';
export * from './constants.ts';
export {
  encodeFirstMessage,
  encodeRelayMessage,
  type FirstMessage,
  isReleaseMessage,
  parseFirstMessage,
  parseRelayMessage,
  RELEASE_MESSAGE,
  type RelayMessage,
  type Role,
} from './messages.ts';
export { isNameplate, isOpaqueKey } from './pairing-key.ts';
