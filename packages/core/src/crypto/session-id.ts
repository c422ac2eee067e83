// The CPace session identifier of a meeting: unique, since each greeting holds a fresh nonce.
import { type Bytes, utf8 } from '../foundation/bytes.ts';
import { lengthValueCat } from './length-value.ts';
import { PROTOCOL_LABEL } from './protocol-label.ts';

/** SHA-256 over both greetings, 32 bytes. docs/PROTOCOL.md section 6. */
export async function sessionId(senderGreeting: Bytes, receiverGreeting: Bytes): Promise<Bytes> {
  const input = lengthValueCat(utf8(`${PROTOCOL_LABEL} session`), senderGreeting, receiverGreeting);
  return new Uint8Array(await crypto.subtle.digest('SHA-256', input));
}
