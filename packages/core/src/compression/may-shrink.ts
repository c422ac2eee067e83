// A look at a payload before zstd is asked: it can only gain from bytes that are unevenly frequent, or from what comes
// again. Where neither shows, as in media, archives and ciphertext, zstd isn't even loaded.

/** Bits a byte has on average, at least, where a code for single bytes can't save a twentieth. */
const DENSE_BITS = 7.6;
/** Distance in bytes between two counted ones. A prime: numbers in a row have the same kind of byte at every eighth place. */
const COUNTED_EVERY = 7;
/** What follows these bytes is compared: so what comes again is compared again, wherever it stands. */
const MARKS = [0x11, 0x55, 0x99, 0xdd];
/** Share of what is compared that was seen before. zstd has to gain more than this to be worth it. */
const REPEATED_SHARE = 0.01;
const SEEN_BITS = 12;
/** Fibonacci hashing: 2^32 divided by the golden ratio. */
const HASH_FACTOR = 0x9e3779b1;

/** Whether compressing could make less than 95 % of it. */
export function mayShrink(payload: Uint8Array): boolean {
  return bitsPerByte(payload) < DENSE_BITS || repeatedShare(payload) > REPEATED_SHARE;
}

/** Shannon's entropy of single bytes. */
function bitsPerByte(payload: Uint8Array): number {
  const counts = new Uint32Array(256);
  for (let at = 0; at < payload.length; at += COUNTED_EVERY) counts[payload[at]!]! += 1;
  const total = Math.ceil(payload.length / COUNTED_EVERY);
  let bits = 0;
  for (const count of counts) if (count > 0) bits -= (count / total) * Math.log2(count / total);
  return bits;
}

function repeatedShare(payload: Uint8Array): number {
  const seen = new Int32Array(2 ** SEEN_BITS);
  let compared = 0;
  let repeated = 0;
  for (const mark of MARKS) {
    for (let at = payload.indexOf(mark); at !== -1; at = payload.indexOf(mark, at + 1)) {
      const next =
        (payload[at + 1]! << 24) | (payload[at + 2]! << 16) | (payload[at + 3]! << 8) | payload[at + 4]!;
      const place = Math.imul(next, HASH_FACTOR) >>> (32 - SEEN_BITS);
      compared += 1;
      if (seen[place] === next) repeated += 1;
      seen[place] = next;
    }
  }
  return repeated / Math.max(compared, 1);
}
