// The body of a `reach` record: where an end can be dialled. JSON in UTF-8. docs/PROTOCOL.md section 18.
import { decodeBase64url, encodeBase64url } from '../foundation/base64url.ts';
import { type Bytes, utf8 } from '../foundation/bytes.ts';
import type { DirectAddress } from '../ports/direct-network.ts';
import { arrayField, asFields, integerField, parseJsonObject, stringField, violation } from './fields.ts';
import { MAX_CONTROL_BYTES, MAX_REACH_ADDRESSES } from './limits.ts';

/** Of an IPv4 or IPv6 address: no name, no zone, no number in place of the usual form. */
const HOST = /^(\d{1,3}(\.\d{1,3}){3}|(?=[^:]*:)[0-9a-f:]+(\d{1,3}(\.\d{1,3}){3})?)$/i;
const NONCE_BYTES = 16;
/** Characters of the longest IPv6 address with an IPv4 end. */
const MAX_HOST_LENGTH = 45;
const FIRST_PORT = 1024;
const LAST_PORT = 65_535;

/** Where an end can be reached directly. */
export interface Reach {
  /** Names the listener. 16 bytes. */
  nonce: Bytes;
  addresses: readonly DirectAddress[];
  /** Where it can be dialled over QUIC, of an end that knows it. */
  quic?: readonly DirectAddress[];
  /** Whether content is to take direct paths alone. */
  only: boolean;
}

/** The body of a `reach` record. */
export function encodeReach({ nonce, addresses, quic, only }: Reach): Bytes {
  return utf8(JSON.stringify({ nonce: encodeBase64url(nonce), addresses, quic, only }));
}

/** @throws TransferError `protocol-violation` */
export function parseReach(body: Uint8Array): Reach {
  if (body.length > MAX_CONTROL_BYTES) throw violation('a reach record is too long');
  const fields = parseJsonObject(body);
  const nonce = decodeBase64url(stringField(fields, 'nonce'));
  if (nonce?.length !== NONCE_BYTES) throw violation('a nonce is not 16 bytes');
  const addresses = arrayField(fields, 'addresses', MAX_REACH_ADDRESSES).map(parseAddress);
  const only = fields.only === true;
  if (fields.quic === undefined) return { nonce, addresses, only };
  return { nonce, addresses, quic: arrayField(fields, 'quic', MAX_REACH_ADDRESSES).map(parseAddress), only };
}

function parseAddress(value: unknown): DirectAddress {
  const fields = asFields(value);
  const host = stringField(fields, 'host');
  if (host.length > MAX_HOST_LENGTH || !HOST.test(host)) throw violation('a host is not an IP address');
  return { host, port: integerField(fields, 'port', FIRST_PORT, LAST_PORT) };
}
