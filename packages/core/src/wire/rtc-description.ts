// The `rtc` member of a `reach` record: the parts of a session description, each bounded. docs/PROTOCOL.md section 18.
import { decodeBase64url, encodeBase64url } from '../foundation/base64url.ts';
import type { RtcCandidate, RtcDescription } from '../ports/rtc-network.ts';
import { arrayField, asFields, hostField, portField, stringField, violation } from './fields.ts';
import { MAX_RTC_CANDIDATES } from './limits.ts';

/** RFC 8839 section 5.4. */
const UFRAG = /^[A-Za-z0-9+/]{4,256}$/;
const PASSWORD = /^[A-Za-z0-9+/]{22,256}$/;
/** As browsers draw them: nothing else in a network can have such a name. */
const HIDDEN_HOST = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.local$/;
const FINGERPRINT_BYTES = 32;

/** Whether a host is the name under which a browser hides an address. */
export function isHiddenHost(host: string): boolean {
  return HIDDEN_HOST.test(host);
}

/** A description as a JSON value. */
export function rtcFields({ ufrag, password, fingerprint, candidates }: RtcDescription): object {
  const told = candidates.map(({ host, port, type }) => ({ host, port, type }));
  return { ufrag, password, fingerprint: encodeBase64url(fingerprint), candidates: told };
}

/** @throws TransferError `protocol-violation` */
export function parseRtcDescription(value: unknown): RtcDescription {
  const fields = asFields(value);
  const ufrag = stringField(fields, 'ufrag');
  const password = stringField(fields, 'password');
  if (!UFRAG.test(ufrag) || !PASSWORD.test(password)) throw violation('ICE credentials are none');
  const fingerprint = decodeBase64url(stringField(fields, 'fingerprint'));
  if (fingerprint?.length !== FINGERPRINT_BYTES) throw violation('a fingerprint is not 32 bytes');
  const candidates = arrayField(fields, 'candidates', MAX_RTC_CANDIDATES).map(parseCandidate);
  return { ufrag, password, fingerprint, candidates };
}

function parseCandidate(value: unknown): RtcCandidate {
  const fields = asFields(value);
  const type = stringField(fields, 'type');
  if (type !== 'host' && type !== 'srflx') throw violation('a candidate of another type');
  const name = fields.host;
  const host = typeof name === 'string' && isHiddenHost(name) ? name : hostField(fields);
  return { host, port: portField(fields), type };
}
