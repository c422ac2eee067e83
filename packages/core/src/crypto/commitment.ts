// A commitment to a share before the other end's is known: who sits in between can't choose one that makes both ends
// show equal words. docs/PROTOCOL.md section 6; as in ZRTP, RFC 6189 section 4.4.1.1.
import { type Bytes, utf8 } from '../foundation/bytes.ts';
import { lengthValueCat } from './length-value.ts';
import { PROTOCOL_LABEL } from './protocol-label.ts';

/** Length of a commitment: SHA-256. */
export const COMMITMENT_BYTES = 32;

/** SHA-256, 32 bytes. @param share The sender's, 32 bytes. */
export async function shareCommitment(sid: Bytes, share: Bytes): Promise<Bytes> {
  const input = lengthValueCat(utf8(`${PROTOCOL_LABEL} commit`), sid, share);
  return new Uint8Array(await crypto.subtle.digest('SHA-256', input));
}
