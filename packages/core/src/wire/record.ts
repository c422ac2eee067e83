// The plaintext of a record: kind, flags, body. docs/PROTOCOL.md section 8.
import type { Bytes } from '../foundation/bytes.ts';
import { TransferError } from '../foundation/errors.ts';
import { violation } from './fields.ts';
import { MAX_RECORD_BYTES } from './limits.ts';

const RECORD_KIND = {
  control: 1,
  data: 2,
  digests: 3,
  acknowledged: 4,
  resume: 5,
  keep: 6,
  ahead: 7,
  reach: 8,
  device: 9,
} as const;
/** What a record carries. */
export type RecordKind = keyof typeof RECORD_KIND;

/** Kinds from here on are ignored by an end that doesn't know them; the others end the transfer. */
const FIRST_IGNORABLE_KIND = 128;

/** The payload of a data record is one zstd frame. */
const FLAG_ZSTD = 1;
/** A data record has no payload: all bytes of its slices are 0. Only with the feature `zeros`. */
const FLAG_ZEROS = 2;
/** Bytes before the body. */
export const RECORD_HEADER_BYTES = 2;

/** A record once it is opened; `body` is a view into its plaintext. */
export interface Record {
  /** `ignorable`: of a later version, and of no use here. */
  kind: RecordKind | 'ignorable';
  zstd: boolean;
  /** Absent unless its payload was left out, being zeros. */
  zeros?: boolean;
  body: Bytes;
}

/** Writes kind and flags into the first two bytes of a record whose body follows. */
export function stampRecord(
  plaintext: Bytes,
  kind: RecordKind,
  payload: 'raw' | 'zstd' | 'zeros' = 'raw',
): void {
  plaintext[0] = RECORD_KIND[kind];
  plaintext[1] = { raw: 0, zstd: FLAG_ZSTD, zeros: FLAG_ZEROS }[payload];
}

/** A record from its body. */
export function encodeRecord(kind: RecordKind, body: Uint8Array): Bytes {
  const plaintext = new Uint8Array(RECORD_HEADER_BYTES + body.length);
  plaintext.set(body, RECORD_HEADER_BYTES);
  stampRecord(plaintext, kind);
  return plaintext;
}

/**
 * The body is a view into `plaintext`.
 * @throws TransferError `protocol-violation`; `update-needed` for a kind or flag that isn't known
 */
export function decodeRecord(plaintext: Bytes): Record {
  if (plaintext.length < RECORD_HEADER_BYTES || plaintext.length > MAX_RECORD_BYTES) {
    throw violation('a record’s length is out of range');
  }
  const [kindByte, flags] = plaintext;
  const kind = kindOf(kindByte!);
  const body = plaintext.subarray(RECORD_HEADER_BYTES);
  if (flags === 0 || kind === 'ignorable') return { kind, zstd: false, body };
  if (flags === FLAG_ZSTD && kind === 'data') return { kind, zstd: true, body };
  if (flags === FLAG_ZEROS && kind === 'data') return { kind, zstd: false, zeros: true, body };
  throw new TransferError('update-needed');
}

function kindOf(byte: number): Record['kind'] {
  for (const [kind, value] of Object.entries(RECORD_KIND)) {
    if (value === byte) return kind as RecordKind;
  }
  if (byte >= FIRST_IGNORABLE_KIND) return 'ignorable';
  throw new TransferError('update-needed');
}
