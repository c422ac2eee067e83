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
