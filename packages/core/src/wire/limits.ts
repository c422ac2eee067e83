// What the wire between the two ends fixes. docs/PROTOCOL.md section 14 prints this table; a test compares.

/** Unit of reading, hashing, sealing and repair. */
export const CHUNK_BYTES = 256 * 1024;
/** Largest plaintext of a record: its two header bytes included. */
export const MAX_RECORD_BYTES = 1024 * 1024;
/** Slices in one data record. */
export const MAX_SLICES = 1024;
/** Digests in one digests record. */
export const MAX_DIGESTS = 4096;
/** Entries in one manifest. */
export const MAX_ENTRIES = 1_000_000;
/** Bytes of all paths of one manifest together. */
export const MAX_PATHS_BYTES = 128 * 1024 * 1024;
/** Entries in one page of a manifest: they are checked without a pause. */
export const MAX_PAGE_ENTRIES = 4096;
/** JSON of a control message, in UTF-8: it is parsed without a pause. */
export const MAX_CONTROL_BYTES = 256 * 1024;
/** Manifests that a receiver reads in one transfer, over all its sessions: the first, and one for each change. */
export const MAX_OFFERS = 100;
/** A sender begins a new manifest page when this many bytes of JSON are in one. */
export const MANIFEST_PAGE_BYTES = 128 * 1024;
/** Largest text message. */
export const MAX_TEXT_BYTES = 1024 * 1024;
/** Lanes of one transfer. */
export const MAX_LANES = 16;
/** Largest greeting. */
export const MAX_GREETING_BYTES = 4096;
/** Largest window a receiver may grant beyond what it has durably. */
export const MAX_WINDOW_BYTES = 256 * 1024 * 1024;
