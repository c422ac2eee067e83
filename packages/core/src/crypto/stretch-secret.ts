// Argon2id over the secret words: makes each guess of someone who broke CPace's assumptions cost memory and time.
// docs/PROTOCOL.md section 5.
import { argon2id } from 'hash-wasm';
import { type Bytes, concat, utf8 } from '../foundation/bytes.ts';
import { PROTOCOL_LABEL } from './protocol-label.ts';

const SALT = `${PROTOCOL_LABEL} code words`;

/** The password-related string of a code's secret part (normalized), 32 bytes. About 0.1 s. */
export async function stretchSecret(secret: string): Promise<Bytes> {
  const stretched = await argon2id({
    password: utf8(secret),
    salt: utf8(SALT),
    iterations: 3,
    memorySize: 32 * 1024,
    parallelism: 1,
    hashLength: 32,
    outputType: 'binary',
  });
  return concat(stretched);
}
