// Records that devices exchange before a session, or in place of one: a type, then a body of a bounded size. docs/PROTOCOL.md
// section 20.
import { type Bytes, concat } from '../foundation/bytes.ts';
import { ERROR_TABLE, type ErrorCode } from '../foundation/error-table.ts';
import { errorCodeOfWire, TransferError, wireCode } from '../foundation/errors.ts';
import type { SealedConnection } from '../link/sealed-connection.ts';
import { violation } from '../wire/fields.ts';
import { MAX_CHAIN_BYTES } from '../wire/limits.ts';
import { encodeRecord } from '../wire/record.ts';

const TYPES = {
  proof: { type: 1, maxBytes: 96 },
  chain: { type: 2, maxBytes: MAX_CHAIN_BYTES },
  secrets: { type: 3, maxBytes: 1024 },
  hello: { type: 4, maxBytes: 512 },
  'pair proof': { type: 5, maxBytes: 64 },
  confirmed: { type: 6, maxBytes: 1 },
  kept: { type: 7, maxBytes: 0 },
} as const;
/** Ends what is under way, with the wire number of an error as its body. */
const REFUSED_TYPE = 8;

/** What a device record carries. */
export type DeviceRecordName = keyof typeof TYPES;

/** Sends a device record. */
export function sayDevice(
  connection: SealedConnection,
  name: DeviceRecordName,
  body: Uint8Array,
): Promise<void> {
  return connection.send(encodeRecord('device', concat(Uint8Array.of(TYPES[name].type), body)));
}

/** Tells the other device why this is over. */
export function refuseDevice(connection: SealedConnection, code: ErrorCode): Promise<void> {
  const { wire } = ERROR_TABLE[wireCode(code, 'cancelled')];
  return connection.send(encodeRecord('device', Uint8Array.of(REFUSED_TYPE, wire!)));
}

/**
 * The body of the next record, which has to be that one.
 * @throws TransferError `protocol-violation`, `limit-exceeded`; what the other device refuses with; those that the end of a
 * connection means
 */
export async function hearDevice(connection: SealedConnection, name: DeviceRecordName): Promise<Bytes> {
  const { kind, body } = await connection.receiveFirst();
  if (kind !== 'device') throw violation('a device says something else than who it is');
  if (body[0] === REFUSED_TYPE) throw refusal(body.subarray(1));
  const { type, maxBytes } = TYPES[name];
  if (body[0] !== type) throw violation('what a device says is out of order');
  if (body.length - 1 > maxBytes) throw new TransferError('limit-exceeded');
  return body.slice(1);
}

function refusal([wire]: Uint8Array): TransferError {
  return new TransferError((wire === undefined ? null : errorCodeOfWire(wire)) ?? 'cancelled');
}
