// CPace with ristretto255 and SHA-512, initiator-responder: a password becomes a shared key, and who guesses it wrong
// learns nothing. draft-irtf-cfrg-cpace; vectors in test/fixtures.
import { ristretto255, ristretto255_hasher } from '@noble/curves/ed25519.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { type Bytes, concat, randomBytes, utf8 } from '../foundation/bytes.ts';
import { TransferError } from '../foundation/errors.ts';
import { InvariantError } from '../foundation/invariant.ts';
import { lengthValueCat } from './length-value.ts';

const { Point } = ristretto255;
const DSI = utf8('CPaceRistretto255');
const DSI_ISK = utf8('CPaceRistretto255_ISK');
const SHA512_BLOCK_BYTES = 128;

/** Bytes of a share, and of a confirmation tag. */
export const SHARE_BYTES = 32;
/** Length of a key confirmation: HMAC-SHA-512. */
export const CONFIRMATION_BYTES = 64;

/** What both sides know before they begin. */
export interface CpaceInputs {
  /** Password-related string. */
  prs: Uint8Array;
  /** Channel identifier: protocol, roles, purpose and the key under which the ends met. */
  ci: Uint8Array;
  /** Session identifier, unique for each run. */
  sid: Uint8Array;
}

/** A share and the associated data that goes with it. */
export interface Contribution {
  share: Uint8Array;
  ad: Uint8Array;
}

/** One side's secret scalar: 1 … group order − 1. */
export function drawScalar(): bigint {
  for (;;) {
    const scalar = Point.Fn.create(littleEndian(randomBytes(64)));
    if (scalar !== 0n) return scalar;
  }
}

/** calculate_generator, section 7.2. */
export function cpaceGenerator({ prs, ci, sid }: CpaceInputs): InstanceType<typeof Point> {
  const zeroPad = Math.max(
    0,
    SHA512_BLOCK_BYTES - 1 - lengthValueCat(prs).length - lengthValueCat(DSI).length,
  );
  const generatorString = lengthValueCat(DSI, prs, new Uint8Array(zeroPad), ci, sid);
  if (ristretto255_hasher.deriveToCurve === undefined) throw new InvariantError('no element derivation');
  // The raw derivation of RFC 9496 from 64 bytes: hashToCurve would expand once more and leave the draft.
  return ristretto255_hasher.deriveToCurve(sha512(generatorString)) as InstanceType<typeof Point>;
}

/** An end’s public share for a scalar of its own, 32 bytes. */
export function cpaceShare(inputs: CpaceInputs, scalar: bigint): Bytes {
  return concat(cpaceGenerator(inputs).multiply(scalar).toBytes());
}

/**
 * scalar_mult_vfy.
 * @throws TransferError `authentication-failed` for a share that is no element, or the identity
 */
export function cpaceSharedPoint(scalar: bigint, share: Uint8Array): Bytes {
  let point: InstanceType<typeof Point>;
  try {
    point = Point.fromBytes(share);
  } catch (cause) {
    throw new TransferError('authentication-failed', undefined, { cause });
  }
  // Multiplying the identity doesn't throw here, and would make the key independent of the password.
  if (point.equals(Point.ZERO)) throw new TransferError('authentication-failed');
  return concat(point.multiply(scalar).toBytes());
}

/** Intermediate session key of the initiator-responder setting, 64 bytes. */
export function cpaceSessionKey(
  sid: Uint8Array,
  sharedPoint: Uint8Array,
  initiator: Contribution,
  responder: Contribution,
): Bytes {
  const transcript = concat(
    lengthValueCat(initiator.share, initiator.ad),
    lengthValueCat(responder.share, responder.ad),
  );
  return concat(sha512(concat(lengthValueCat(DSI_ISK, sid, sharedPoint), transcript)));
}

/**
 * Key confirmation tag of `confirmer`, 64 bytes: the construction of section 9.4, but over its role, the session and both
 * contributions, so that it is nobody else's tag and belongs to no other run.
 * @param own The contribution of `confirmer`.
 */
export function cpaceConfirmation(
  confirmer: 'sender' | 'receiver',
  sid: Uint8Array,
  isk: Uint8Array,
  own: Contribution,
  peer: Contribution,
): Bytes {
  const macKey = sha512(concat(utf8('CPaceMac'), sid, isk));
  const said = lengthValueCat(utf8(`${confirmer} confirms`), sid, own.share, own.ad, peer.share, peer.ad);
  return concat(hmac(sha512, macKey, said));
}

function littleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}
