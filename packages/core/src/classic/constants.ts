// What the classic wire fixes. docs/CLASSIC.md.

/** Unit of reading, chains and messages. */
export const CLASSIC_CHUNK_BYTES = 1024 * 1024;
/** Sequence number and chain link in front of each payload. */
export const CHUNK_HEADER_BYTES = 40;
/** Length of a chain's link, of a key, of the session's nonce. */
export const LINK_BYTES = 32;
/** Largest WebSocket message, text or binary. */
export const MAX_CLASSIC_MESSAGE_BYTES = 2 * 1024 * 1024;
