// A statement of a group's chain: bytes, signature and hash. What counts is the chain's business. docs/PROTOCOL.md section 20.
import { sha256 } from '@noble/hashes/sha2.js';
import { lengthValueCat, splitLengthValues } from '../crypto/length-value.ts';
import { PROTOCOL_LABEL } from '../crypto/protocol-label.ts';
import { type Bytes, concat, u32, utf8, viewOf } from '../foundation/bytes.ts';
import {
  CLASS_NUMBER,
  type DeviceClass,
  parseDeviceClass,
  parseDeviceName,
} from '../identity/device-name.ts';
import {
  type DeviceKey,
  isSigned,
  PUBLIC_KEY_BYTES,
  SIGNATURE_BYTES,
  type SignatureLabel,
  signParts,
} from '../identity/device-signature.ts';
import { MAX_GROUP_MEMBERS } from '../wire/limits.ts';

/** Length of a hash, of a group's id, of a nonce and of a secret. */
export const HASH_BYTES = 32;

/** What a statement says. */
export type Said =
  | { kind: 'found'; nonce: Bytes; deviceClass: DeviceClass; name: string; secretHash: Bytes }
  | { kind: 'add'; publicKey: Bytes; deviceClass: DeviceClass; name: string }
  | { kind: 'remove'; publicKey: Bytes; epoch: number; remaining: Bytes[]; secretHash: Bytes };

/** A statement whose signature is right. */
export interface Statement {
  groupId: Bytes;
  seq: number;
  /** H of the statement before; of the first one its nonce. */
  previous: Bytes;
  signer: Bytes;
  said: Said;
  /** 32 bytes, without the signature. */
  hash: Bytes;
  /** As it goes over the wire. */
  bytes: Bytes;
}

const KINDS = { found: 1, add: 2, remove: 3 } as const;
const LABELS: Record<Said['kind'], SignatureLabel> = {
  found: 'group found',
  add: 'group add',
  remove: 'group remove',
};
const HEADER_BYTES = 1 + PUBLIC_KEY_BYTES + SIGNATURE_BYTES;
const MAX_PARTS = 7;

/** The id of the group that a device founds. @param nonce 32 random bytes */
export function groupIdOf(nonce: Uint8Array, founder: Uint8Array): Bytes {
  return hashOf('group', lengthValueCat(nonce, founder));
}

/** H of a group's secret, as the chain has it. */
export function secretHash(secret: Uint8Array): Bytes {
  return concat(sha256(secret));
}

/** Signs a statement. @param previous H of the statement before; of the first one its nonce */
export async function signStatement(
  key: DeviceKey,
  groupId: Bytes,
  seq: number,
  previous: Bytes,
  said: Said,
): Promise<Statement> {
  const parts = [groupId, u32(seq), previous, ...partsOf(said)];
  const signature = await signParts(key, LABELS[said.kind], parts);
  const kind = Uint8Array.of(KINDS[said.kind]);
  const bytes = concat(kind, key.publicKey, signature, lengthValueCat(...parts));
  return { groupId, seq, previous, signer: key.publicKey, said, hash: statementHash(bytes), bytes };
}

/** A statement from the wire; null where it is none, or its signature is wrong. */
export function parseStatement(bytes: Bytes): Statement | null {
  if (bytes.length < HEADER_BYTES) return null;
  const kind = kindOf(bytes[0]!);
  const signer = bytes.slice(1, 1 + PUBLIC_KEY_BYTES);
  const signature = bytes.subarray(1 + PUBLIC_KEY_BYTES, HEADER_BYTES);
  const parts = splitLengthValues(bytes.slice(HEADER_BYTES), MAX_PARTS);
  if (kind === null || parts === null) return null;
  const [groupId, seq, previous, ...rest] = parts;
  if (groupId?.length !== HASH_BYTES || seq?.length !== 4 || previous?.length !== HASH_BYTES) return null;
  const said = parseSaid(kind, previous, rest);
  if (said === null || !isSigned(signer, signature, LABELS[kind], parts)) return null;
  const hash = statementHash(bytes);
  return { groupId, seq: viewOf(seq).getUint32(0), previous, signer, said, hash, bytes };
}

function partsOf(said: Said): Bytes[] {
  switch (said.kind) {
    case 'found':
      return [Uint8Array.of(CLASS_NUMBER[said.deviceClass]), utf8(said.name), said.secretHash];
    case 'add':
      return [said.publicKey, Uint8Array.of(CLASS_NUMBER[said.deviceClass]), utf8(said.name)];
    case 'remove':
      return [said.publicKey, u32(said.epoch), concat(...said.remaining), said.secretHash];
  }
}

function parseSaid(kind: Said['kind'], nonce: Bytes, parts: Bytes[]): Said | null {
  const [first, second, third, fourth] = parts;
  if (first === undefined || second === undefined || third === undefined) return null;
  if (kind === 'remove') {
    if (fourth?.length !== HASH_BYTES || parts.length !== 4) return null;
    if (first.length !== PUBLIC_KEY_BYTES || second.length !== 4) return null;
    const remaining = keysOf(third);
    if (remaining === null) return null;
    return { kind, publicKey: first, epoch: viewOf(second).getUint32(0), remaining, secretHash: fourth };
  }
  if (parts.length !== 3) return null;
  const [deviceClass, name] =
    kind === 'found'
      ? [parseDeviceClass(first), parseDeviceName(second)]
      : [parseDeviceClass(second), parseDeviceName(third)];
  if (deviceClass === null || name === null) return null;
  if (kind === 'add') {
    return first.length === PUBLIC_KEY_BYTES ? { kind, publicKey: first, deviceClass, name } : null;
  }
  return third.length === HASH_BYTES ? { kind, nonce, deviceClass, name, secretHash: third } : null;
}

function keysOf(joined: Bytes): Bytes[] | null {
  const count = joined.length / PUBLIC_KEY_BYTES;
  if (!Number.isInteger(count) || count > MAX_GROUP_MEMBERS) return null;
  return Array.from({ length: count }, (_, i) =>
    joined.slice(i * PUBLIC_KEY_BYTES, (i + 1) * PUBLIC_KEY_BYTES),
  );
}

function kindOf(byte: number): Said['kind'] | null {
  for (const [kind, number] of Object.entries(KINDS)) if (number === byte) return kind as Said['kind'];
  return null;
}

function statementHash(bytes: Uint8Array): Bytes {
  const unsigned = concat(bytes.subarray(0, 1 + PUBLIC_KEY_BYTES), bytes.subarray(HEADER_BYTES));
  return hashOf('group statement', unsigned);
}

function hashOf(label: string, bytes: Uint8Array): Bytes {
  return concat(sha256(concat(utf8(`${PROTOCOL_LABEL} ${label}`), Uint8Array.of(0), bytes)));
}
