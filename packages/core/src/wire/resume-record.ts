// The bodies of `acknowledged` and `resume` records: how a lane goes on over another connection. docs/PROTOCOL.md section 12.
import { type Bytes, concat, u32, u64, viewOf } from '../foundation/bytes.ts';
import { violation } from './fields.ts';

const SESSION_NAME_BYTES = 16;

/** The body of a `resume` record. */
export interface ResumePoint {
  /** The session that this end is in; null when it has none that is still running. */
  session: Bytes | null;
  /** Records of the other end received on this lane in that session. */
  received: number;
  /** Of the connection among those of this lane and session that the sender nominated; null where nobody nominates. */
  generation: number | null;
}

const NO_SESSION = new Uint8Array(SESSION_NAME_BYTES);

/** The body of an `acknowledged` record: 8 bytes. */
export function encodeAcknowledgedBody(received: number): Bytes {
  return u64(received);
}

/** @throws TransferError `protocol-violation` */
export function parseAcknowledgedBody(body: Uint8Array): number {
  if (body.length !== 8) throw violation('an acknowledgement is of another length');
  const received = viewOf(body).getBigUint64(0);
  if (received > BigInt(Number.MAX_SAFE_INTEGER)) throw violation('a count is out of range');
  return Number(received);
}

/** The body of a `resume` record: 24 bytes, and 4 more with a generation. */
export function encodeResumeBody({ session, received, generation }: ResumePoint): Bytes {
  const point = concat(session ?? NO_SESSION, u64(received));
  return generation === null ? point : concat(point, u32(generation));
}

/**
 * @param hasGeneration whether the ends have agreed on that
 * @throws TransferError `protocol-violation`
 */
export function parseResumeBody(body: Bytes, hasGeneration: boolean): ResumePoint {
  const pointBytes = SESSION_NAME_BYTES + 8;
  if (body.length !== pointBytes + (hasGeneration ? 4 : 0))
    throw violation('a resume record is of another length');
  const session = body.slice(0, SESSION_NAME_BYTES);
  const received = parseAcknowledgedBody(body.subarray(SESSION_NAME_BYTES, pointBytes));
  const generation = hasGeneration ? viewOf(body).getUint32(pointBytes) : null;
  return { session: session.every((byte) => byte === 0) ? null : session, received, generation };
}
