// The hash of a pairing key that stands in the WebSocket's URL, so that a load balancer can send both ends to one relay.
// URLs are logged: it is short enough that many keys share one. docs/PROTOCOL.md section 4.
import { sha256 } from '@noble/hashes/sha2.js';
import { hexOf, utf8 } from '../foundation/bytes.ts';
import { PROTOCOL_LABEL } from './protocol-label.ts';

const ROUTE_BYTES = 2;

/** @returns 4 lower-case hex digits */
export function routeHash(pairingKey: string): string {
  return hexOf(sha256(utf8(`${PROTOCOL_LABEL} route\0${pairingKey}`)).subarray(0, ROUTE_BYTES));
}
