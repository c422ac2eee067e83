// The first message between the ends, in the clear: versions, nonce, capabilities. The handshake binds its bytes, so
// a changed one makes the confirmation fail. docs/PROTOCOL.md section 6.
import { decodeBase64url, encodeBase64url } from '../foundation/base64url.ts';
import { type Bytes, utf8 } from '../foundation/bytes.ts';
import { arrayField, integerField, parseJsonObject, stringField, violation } from './fields.ts';
import { MAX_LANES } from './limits.ts';

export const NONCE_BYTES = 32;
const OUR_VERSION = 2;

export interface Greeting {
  versions: number[];
  nonce: Bytes;
  /** Most lanes this end wants. */
  lanes: number;
}

export function encodeGreeting({ versions, nonce, lanes }: Greeting): Bytes {
  return utf8(JSON.stringify({ versions, nonce: encodeBase64url(nonce), lanes }));
}

/** Errors: `protocol-violation`. */
export function parseGreeting(bytes: Uint8Array): Greeting {
  const fields = parseJsonObject(bytes);
  const nonce = decodeBase64url(stringField(fields, 'nonce'));
  if (nonce?.length !== NONCE_BYTES) throw violation('a nonce is not 32 bytes');
  const versions = arrayField(fields, 'versions', 16).map((version) => integerField({ version }, 'version'));
  return { versions, nonce, lanes: integerField(fields, 'lanes', 1, MAX_LANES) };
}

/** The newest version both ends speak, or null. */
export function commonVersion({ versions }: Greeting): number | null {
  return versions.includes(OUR_VERSION) ? OUR_VERSION : null;
}
