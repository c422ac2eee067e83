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

/** The same where nothing native was installed. */
export function unmaskInScript(bytes: Buffer, mask: Buffer): void {
  for (let i = 0; i < bytes.length; i++) bytes[i]! ^= mask[i & 3]!;
}
