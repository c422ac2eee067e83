// What the wire between an end and the relay fixes. docs/PROTOCOL.md section 4.

/** Version announced in `allocate` and `hello`. */
export const RELAY_PROTOCOL_VERSION = 3;
/** Oldest version whose clients a relay takes. */
export const OLDEST_RELAY_VERSION = 2;
/** Path of the WebSocket endpoint. */
export const RELAY_SOCKET_PATH = '/ws';
/** Path of the WebSocket endpoint of rooms. Section 19. */
export const ROOMS_SOCKET_PATH = '/rooms';
/** Path that tells a page whether its origin may connect, which a browser doesn't tell. */
export const ORIGIN_CHECK_PATH = '/origin-check';
/** Where a page asks under which addresses other devices reach its relay. */
export const ADDRESSES_PATH = '/addresses';
/** Header of a refused WebSocket, with the name of its row in the table of errors. */
export const REFUSAL_HEADER = 'p2p-copy-refusal';
/** Largest first message, and largest text message of a relay, in bytes. */
export const MAX_HELLO_BYTES = 4096;
/** Features in one list. */
export const MAX_FEATURES = 32;
/** Characters of a feature's name. */
export const MAX_FEATURE_LENGTH = 32;
/** Longest pause that a relay may ask for before another attempt. */
export const MAX_RETRY_AFTER_MS = 3_600_000;
/** Digits of a nameplate. */
export const MAX_NAMEPLATE_DIGITS = 9;
/** Largest WebSocket message, in bytes. */
export const MAX_MESSAGE_BYTES = 2 * 1024 * 1024;
/** Close code of a relay that shuts down, from RFC 6455: in whatever phase, and for both ends of a pair. */
export const GOING_AWAY_CODE = 1001;
/** Close codes of a connection that its client ended on purpose; it may give none. */
export const CLEAN_CLOSE_CODES: readonly number[] = [1000, 1005];
/** Lowest port at which a relay may have its STUN server. */
export const MIN_STUN_PORT = 1024;
/** How long a connection may stay silent before its first message. */
export const HELLO_DEADLINE_MS = 10_000;
/** How long a nameplate stays reserved for its sender, whose connection was lost. */
export const NAMEPLATE_RESERVED_MS = 900_000;
/** How long a used nameplate isn't given out again unless asked for by number. */
export const NAMEPLATE_QUARANTINE_MS = 600_000;
/** How long a connection may wait under an opaque key. */
export const OPAQUE_WAIT_MS = 900_000;

/** Card of a member of a room, in bytes. Section 19. */
export const MAX_CARD_BYTES = 4096;
/** Message from a member of a room to others, in bytes. */
export const MAX_ROOM_MESSAGE_BYTES = 65_536;
/** Place and number before it. */
export const ROOM_HEADER_BYTES = 8;
/** Text message of a client of the rooms after its first one, in bytes. */
export const MAX_ROOM_TEXT_BYTES = 8192;
/** Cards in one page of `entered`, in characters of base64url: a page ends with the card that reaches it. */
export const ROOM_PAGE_CHARACTERS = 32_768;
