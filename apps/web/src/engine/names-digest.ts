// What a person accepted, in 32 bytes: the names and kinds of an offer, not its contents, which may change meanwhile.
import type { Manifest } from '@p2p-copy/core';

/** SHA-256, hex. */
export async function namesDigest({ entries }: Manifest): Promise<string> {
  const names = new TextEncoder().encode(JSON.stringify(entries.map(({ kind, path }) => [kind, path])));
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', names));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
