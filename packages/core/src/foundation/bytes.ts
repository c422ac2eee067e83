// Bytes: the type used everywhere, joining, comparing, and text.

/** Bytes in a buffer of their own kind: what sockets and WebCrypto take without a copy. */
export type Bytes = Uint8Array<ArrayBuffer>;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A text in UTF-8. */
export function utf8(text: string): Bytes {
  return encoder.encode(text) as Bytes;
}

/** Throws a TypeError when the bytes aren't UTF-8. */
export function textOf(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** Copies byte strings into one buffer of its own. */
export function concat(...parts: Uint8Array[]): Bytes {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

/** Whether two byte strings are equal, in a time that depends only on their lengths. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i += 1) difference |= a[i]! ^ b[i]!;
  return difference === 0;
}

/** 4 bytes, big-endian. `value` is an integer from 0 to 2^32 - 1. */
export function u32(value: number): Bytes {
  const bytes = new Uint8Array(4);
  viewOf(bytes).setUint32(0, value);
  return bytes;
}

/** 8 bytes, big-endian. `value` is an integer from 0 to 2^53 - 1. */
export function u64(value: number): Bytes {
  const bytes = new Uint8Array(8);
  // Without a DataView and a bigint: three of these are made for each small file.
  for (let at = 7, rest = value; rest > 0; at -= 1, rest = Math.floor(rest / 256)) bytes[at] = rest % 256;
  return bytes;
}

/** A DataView of exactly these bytes, whatever buffer they lie in. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Bytes from the system’s secure random generator. */
export function randomBytes(length: number): Bytes {
  return crypto.getRandomValues(new Uint8Array(length));
}

/** Lower-case hex. */
export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Null when the text isn't hex of whole bytes, in either case. */
export function bytesOfHex(text: string): Bytes | null {
  if (text.length % 2 !== 0 || !/^[0-9a-f]*$/i.test(text)) return null;
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i += 1) bytes[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

const WORD_BYTES = 4;

/** Whether all bytes are 0. Of other content the first bytes say so. */
export function isZero(bytes: Uint8Array): boolean {
  const { buffer, byteOffset, length } = bytes;
  const start = (WORD_BYTES - (byteOffset % WORD_BYTES)) % WORD_BYTES;
  const words =
    length < start
      ? []
      : new Uint32Array(buffer, byteOffset + start, Math.floor((length - start) / WORD_BYTES));
  const end = start + words.length * WORD_BYTES;
  for (let i = 0; i < Math.min(start, length); i += 1) if (bytes[i] !== 0) return false;
  for (let i = 0; i < words.length; i += 1) if (words[i] !== 0) return false;
  for (let i = end; i < length; i += 1) if (bytes[i] !== 0) return false;
  return true;
}
