// The body of a `reach` record: where an end can be dialled. JSON in UTF-8. docs/PROTOCOL.md section 18.
import { decodeBase64url, encodeBase64url } from '../foundation/base64url.ts';
import { type Bytes, utf8 } from '../foundation/bytes.ts';
import type { DirectAddress } from '../ports/direct-network.ts';
import type { RtcDescription } from '../ports/rtc-network.ts';
import {
  arrayField,
  asFields,
  type Fields,
  hostField,
  parseJsonObject,
  portField,
  stringField,
  violation,
} from './fields.ts';
import { MAX_CONTROL_BYTES, MAX_REACH_ADDRESSES } from './limits.ts';
import { parseRtcDescription, rtcFields } from './rtc-description.ts';

const NONCE_BYTES = 16;

/** Where an end can be reached directly. */
export interface Reach {
  /** Names the listener. 16 bytes. */
  nonce: Bytes;
  addresses: readonly DirectAddress[];
  /** Where it can be dialled over QUIC, of an end that knows it. */
  quic?: readonly DirectAddress[];
  /** Whether content is to take direct paths alone. */
  only: boolean;
  /** How it can be reached over WebRTC; absent where it can't, or isn't to be yet. */
  rtc?: RtcDescription | undefined;
}

/** The body of a `reach` record. */
export function encodeReach({ nonce, addresses, quic, only, rtc }: Reach): Bytes {
  const told = { nonce: encodeBase64url(nonce), addresses, quic, only, rtc: rtc && rtcFields(rtc) };
  return utf8(JSON.stringify(told));
}

/** @throws TransferError `protocol-violation` */
export function parseReach(body: Uint8Array): Reach {
  if (body.length > MAX_CONTROL_BYTES) throw violation('a reach record is too long');
  const fields = parseJsonObject(body);
  const nonce = decodeBase64url(stringField(fields, 'nonce'));
  if (nonce?.length !== NONCE_BYTES) throw violation('a nonce is not 16 bytes');
  const addresses = addressesField(fields, 'addresses');
  const quic = fields.quic === undefined ? {} : { quic: addressesField(fields, 'quic') };
  const rtc = fields.rtc === undefined ? {} : { rtc: parseRtcDescription(fields.rtc) };
  return { nonce, addresses, ...quic, only: fields.only === true, ...rtc };
}

function addressesField(fields: Fields, name: string): DirectAddress[] {
  return arrayField(fields, name, MAX_REACH_ADDRESSES).map(parseAddress);
}

function parseAddress(value: unknown): DirectAddress {
  const fields = asFields(value);
  return { host: hostField(fields), port: portField(fields) };
}
