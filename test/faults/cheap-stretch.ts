// Stands in for Argon2id, whose cost is its purpose: hundreds of handshakes in a test would be little else.
import { createHash } from 'node:crypto';

export async function stretchSecret(secret: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(createHash('sha256').update(secret).digest());
}
