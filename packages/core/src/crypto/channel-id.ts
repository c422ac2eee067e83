// The CPace channel identifier of a meeting: what both ends have to mean alike. docs/PROTOCOL.md section 6.
import { type Bytes, utf8 } from '../foundation/bytes.ts';
import { lengthValueCat } from './length-value.ts';
import { PROTOCOL_LABEL } from './protocol-label.ts';

/** @param key What both ends announced to the relay: a nameplate, or an opaque key in base64url. */
export function channelId(purpose: string, key: string): Bytes {
  return lengthValueCat(...[PROTOCOL_LABEL, 'sender', 'receiver', purpose, key].map(utf8));
}
