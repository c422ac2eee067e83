// The bodies of `heard` and `rejoin` records: how a lane goes on over another connection. docs/PROTOCOL.md section 12.
import { type Bytes, concat, u64, viewOf } from '../foundation/bytes.ts';
import { violation } from './fields.ts';

const SESSION_NAME_BYTES = 16;

/** The body of a `rejoin` record. */
export interface Rejoin {
  /** The session that this end is in; null when it has none that is still running. */
  session: Bytes | null;
  /** Records of the other end that this one has heard on this lane in that session. */
  heard: number;
}

const NO_SESSION = new Uint8Array(SESSION_NAME_BYTES);

/** The body of a `heard` record: 8 bytes. */
export function encodeHeardBody(heard: number): Bytes {
  return u64(heard);
}

/** Errors: `protocol-violation`. */
export function parseHeardBody(body: Uint8Array): number {
  if (body.length !== 8) throw violation('a heard record is of another length');
  const heard = viewOf(body).getBigUint64(0);
  if (heard > BigInt(Number.MAX_SAFE_INTEGER)) throw violation('a count is out of range');
  return Number(heard);
}

/** The body of a `rejoin` record: 24 bytes. */
export function encodeRejoinBody({ session, heard }: Rejoin): Bytes {
  return concat(session ?? NO_SESSION, u64(heard));
}

/** Errors: `protocol-violation`. */
export function parseRejoinBody(body: Bytes): Rejoin {
  if (body.length !== SESSION_NAME_BYTES + 8) throw violation('a rejoin record is of another length');
  const session = body.slice(0, SESSION_NAME_BYTES);
  const heard = parseHeardBody(body.subarray(SESSION_NAME_BYTES));
  return { session: session.every((byte) => byte === 0) ? null : session, heard };
}
