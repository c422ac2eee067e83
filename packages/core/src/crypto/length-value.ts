// Length-value encoding of the CPace draft (draft-irtf-cfrg-cpace, appendix A.1): a LEB128 length, then the bytes.
import { type Bytes, concat } from '../foundation/bytes.ts';

/** `bytes` behind their length in LEB128. */
export function prependLength(bytes: Uint8Array): Bytes {
  return concat(leb128(bytes.length), bytes);
}

/** Joins byte strings so that no two lists of them give the same result. */
export function lengthValueCat(...parts: Uint8Array[]): Bytes {
  return concat(...parts.map(prependLength));
}

/** Digits of the longest length that is read: under 2^28. */
const MAX_LENGTH_DIGITS = 4;

/**
 * The parts of which `lengthValueCat` made `bytes`, as views into them; null for bytes of which it made none, such as those
 * with a length that has more digits than it needs, or of more than `maxParts` parts.
 */
export function splitLengthValues(bytes: Bytes, maxParts: number): Bytes[] | null {
  const parts: Bytes[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (parts.length === maxParts) return null;
    let length = 0;
    let digits = 0;
    for (;;) {
      const digit = bytes[at + digits];
      if (digit === undefined || digits === MAX_LENGTH_DIGITS) return null;
      length += (digit & 0x7f) * 2 ** (7 * digits);
      digits += 1;
      if (digit >= 128) continue;
      if (digit === 0 && digits > 1) return null;
      break;
    }
    at += digits;
    if (length > bytes.length - at) return null;
    parts.push(bytes.subarray(at, at + length));
    at += length;
  }
  return parts;
}

function leb128(value: number): Bytes {
  const digits: number[] = [];
  let rest = value;
  while (rest >= 128) {
    digits.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  digits.push(rest);
  return Uint8Array.from(digits);
}
