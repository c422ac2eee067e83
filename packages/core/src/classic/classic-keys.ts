// From a classic code to what the relay sees and what seals. docs/CLASSIC.md, section Keys.
import { sha256 } from '@noble/hashes/sha2.js';
import { argon2id } from 'hash-wasm';
import { type Bytes, concat, hexOf, utf8 } from '../foundation/bytes.ts';

/** What the relay pairs by, 32 bytes in hex. With encryption about 0.1 s. */
export async function classicCodeHash(code: string, isEncrypted: boolean): Promise<string> {
  if (isEncrypted) return hexOf(await stretch(code, 'code_hash used for hello-match'));
  return hexOf(sha256(utf8(code)));
}

/** The key of an encrypted session, 32 bytes. About 0.1 s. */
export function classicCipherKey(code: string): Promise<Bytes> {
  return stretch(code, 'cipher used for E2E-encryption');
}

async function stretch(code: string, salt: string): Promise<Bytes> {
  const stretched = await argon2id({
    password: utf8(code),
    salt: utf8(salt),
    iterations: 3,
    memorySize: 32 * 1024,
    parallelism: 8,
    hashLength: 32,
    outputType: 'binary',
  });
  return concat(stretched);
}
