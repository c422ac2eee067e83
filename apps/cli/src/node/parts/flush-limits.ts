// Limits of flushes that files share: docs/PROTOCOL.md section 14 prints them.

/** Largest file that is flushed together with others, in bytes: a flush of its own is little beside writing a larger one. */
export const MAX_SHARING_BYTES = 1024 * 1024;
/** Files of one flush. All of them are open. */
export const MAX_FLUSH_FILES = 40;
/** Content of these, in bytes, after which no other is added. */
export const MAX_FLUSH_BYTES = 8 * 1024 * 1024;
/** Milliseconds for which a file waits for others, beside a flush that is under way. */
export const FLUSH_WAIT_MS = 50;
