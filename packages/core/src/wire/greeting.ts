// The first message between the ends, in the clear: versions, role, nonce, lanes, features. The handshake binds its bytes,
// so a changed one makes the confirmation fail. docs/PROTOCOL.md section 6.
import { decodeBase64url, encodeBase64url } from '../foundation/base64url.ts';
import { type Bytes, utf8 } from '../foundation/bytes.ts';
import { TransferError } from '../foundation/errors.ts';
import type { Role } from '../ports/rendezvous.ts';
import { parseFeatures } from '../relay-protocol/features.ts';
import { arrayField, integerField, parseJsonObject, stringField, violation } from './fields.ts';
import { MAX_LANES } from './limits.ts';

export { commonFeatures } from '../relay-protocol/features.ts';

/** Length of the nonce in a greeting. */
export const NONCE_BYTES = 32;
/** The version of the ends' protocol that this code speaks. */
export const OUR_VERSION = 3;
/** Of a sender: it heeds `raw` in `accept`. A receiver that can't decompress may accept only then. */
export const RAW_PAYLOADS = 'raw-payloads';
/** The end can be dialled, or can dial others, without a relay: over TCP, if not `quic` alone. docs/PROTOCOL.md section 18. */
export const DIRECT = 'direct';
/** Entries may have a `mode`, which the pin covers. */
export const MODES = 'modes';
/** Data records may leave out a payload of zeros. */
export const ZEROS = 'zeros';
/** Entries may be links, which the pin covers. Of a receiver: its disk can make them. */
export const LINKS = 'links';
/** Of an end with `direct`: it can be dialled, or can dial others, over QUIC. */
export const QUIC = 'quic';
/** The end can be reached over WebRTC. docs/PROTOCOL.md section 18. */
export const WEBRTC = 'webrtc';
/** Whether both ends know a direct path, so that they say `reach`, and the sender nominates. @param features of both ends */
export function knowDirectPaths(features: readonly string[]): boolean {
  return features.includes(DIRECT) || features.includes(WEBRTC);
}

/** What this code can do beyond its version, wherever it runs. */
export const OUR_FEATURES: readonly string[] = [RAW_PAYLOADS, MODES, ZEROS];
const MAX_VERSIONS = 16;

/** What an end says of itself before anything is proved. */
export interface Greeting {
  versions: number[];
  /** Of the end that says it. */
  role: Role;
  nonce: Bytes;
  /** Most lanes this end wants. */
  lanes: number;
  features: readonly string[];
}

/** A greeting as it goes over the wire: JSON in UTF-8. */
export function encodeGreeting({ versions, role, nonce, lanes, features }: Greeting): Bytes {
  return utf8(JSON.stringify({ versions, role, nonce: encodeBase64url(nonce), lanes, features }));
}

/**
 * @throws TransferError `peer-version` when our version isn't among the listed ones, whatever the other fields are;
 * `protocol-violation`
 */
export function parseGreeting(bytes: Uint8Array): Greeting {
  const fields = parseJsonObject(bytes);
  const versions = arrayField(fields, 'versions', MAX_VERSIONS).map((version) =>
    integerField({ version }, 'version'),
  );
  if (!versions.includes(OUR_VERSION)) throw new TransferError('peer-version');
  const role = stringField(fields, 'role');
  if (role !== 'sender' && role !== 'receiver') throw violation('“role” is neither sender nor receiver');
  const nonce = decodeBase64url(stringField(fields, 'nonce'));
  if (nonce?.length !== NONCE_BYTES) throw violation('a nonce is not 32 bytes');
  const features = parseFeatures(fields.features);
  if (features === null) throw violation('“features” is not a list of names in its range');
  return { versions, role, nonce, lanes: integerField(fields, 'lanes', 1, MAX_LANES), features };
}
