// Takes the mask off what a client has sent: a pass over every byte, so native where that can be had.
import { createRequire } from 'node:module';

/** `mask` has 4 bytes, of which the first is for the first of `bytes`. Changes `bytes`. */
export const unmask: (bytes: Buffer, mask: Buffer) => void = native() ?? unmaskInScript;

function native(): typeof unmask | null {
  try {
    return createRequire(import.meta.url)('bufferutil').unmask;
  } catch {
    return null;
  }
}

const WORD_BYTES = 4;
const LEAST_BYTES = 512;
/** Words in one turn of the loop. */
const WORDS_AT_ONCE = 8;

/** The same where nothing native was installed, as on Linux and Windows for ARM: four bytes at a time, of which eight in a turn. */
export function unmaskInScript(bytes: Buffer, mask: Buffer): void {
  const { buffer, byteOffset, length } = bytes;
  // A view of words begins at a multiple of their length. Of a few bytes making it costs more than it saves.
  const head = length < LEAST_BYTES ? length : -byteOffset & (WORD_BYTES - 1);
  for (let i = 0; i < head; i += 1) bytes[i]! ^= mask[i & 3]!;
  if (head === length) return;
  const words = new Uint32Array(buffer, byteOffset + head, (length - head) >> 2);
  xorWords(words, maskWord(mask, head));
  for (let i = head + words.length * WORD_BYTES; i < length; i += 1) bytes[i]! ^= mask[i & 3]!;
}

/** The mask as it lies over a word that begins `head` bytes after it, in this machine's order of bytes. */
function maskWord(mask: Buffer, head: number): number {
  const turned = Uint8Array.from({ length: WORD_BYTES }, (_, i) => mask[(head + i) & 3]!);
  return new Uint32Array(turned.buffer)[0]!;
}

function xorWords(words: Uint32Array, mask: number): void {
  const whole = words.length - (words.length % WORDS_AT_ONCE);
  let i = 0;
  for (; i < whole; i += WORDS_AT_ONCE) {
    words[i]! ^= mask;
    words[i + 1]! ^= mask;
    words[i + 2]! ^= mask;
    words[i + 3]! ^= mask;
    words[i + 4]! ^= mask;
    words[i + 5]! ^= mask;
    words[i + 6]! ^= mask;
    words[i + 7]! ^= mask;
  }
  for (; i < words.length; i += 1) words[i]! ^= mask;
}
