// The first frame of a direct channel: it proves the dialler to the listener, and tells an observer nothing. docs/PROTOCOL.md
// section 18.
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { type Bytes, concat, equalBytes, randomBytes, u32, utf8 } from '../foundation/bytes.ts';
import type { Role } from '../ports/rendezvous.ts';
import { lengthValueCat } from './length-value.ts';

const R_BYTES = 16;
const PROOF_BYTES = 16;

/** A dial that was proved. */
export interface ProvedDial {
  lane: number;
  /** 16 bytes, once in a transfer. */
  r: Bytes;
}

/** A first frame of 32 bytes. @param dialKey of the listener. @param role of the dialler */
export function firstFrame(dialKey: Bytes, role: Role, lane: number): { frame: Bytes; r: Bytes } {
  const r = randomBytes(R_BYTES);
  return { frame: concat(r, proofOf(dialKey, role, lane, r)), r };
}

/** The dial that a first frame proves; null for any other bytes. @param role of the dialler. @param lanes numbers from 0 that are tried */
export function readFirstFrame(frame: Bytes, dialKey: Bytes, role: Role, lanes: number): ProvedDial | null {
  if (frame.length !== R_BYTES + PROOF_BYTES) return null;
  const r = frame.slice(0, R_BYTES);
  const proof = frame.subarray(R_BYTES);
  let lane: number | null = null;
  for (let number = 0; number < lanes; number += 1) {
    if (equalBytes(proof, proofOf(dialKey, role, number, r))) lane = number;
  }
  return lane === null ? null : { lane, r };
}

function proofOf(dialKey: Bytes, role: Role, lane: number, r: Bytes): Bytes {
  const said = lengthValueCat(utf8('dial'), utf8(role), u32(lane), r);
  return hmac(sha256, dialKey, said).slice(0, PROOF_BYTES) as Bytes;
}
