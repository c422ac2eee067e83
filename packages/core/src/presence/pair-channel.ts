// What two members of a room say to each other: sealed with keys of these two entries, in one direction each, heard in rising
// order. Nothing of it outlives the visit. docs/PROTOCOL.md section 20.
import { derive } from '../crypto/derive-keys.ts';
import { lengthValueCat } from '../crypto/length-value.ts';
import { type Bytes, concat, u32, u64, utf8, viewOf } from '../foundation/bytes.ts';
import { TransferError } from '../foundation/errors.ts';
import { invariant } from '../foundation/invariant.ts';
import type { RoomScope } from '../group/group-keys.ts';
import type { AgreementKey } from '../identity/agreement.ts';
import { openBox, sealBox, TAG_BYTES } from '../identity/sealed-box.ts';
import { MAX_ROOM_PLAINTEXT_BYTES } from '../wire/limits.ts';
import type { Card } from './card.ts';

const COUNTER_BYTES = 8;
const LENGTH_BYTES = 4;
const MIN_PLAINTEXT_BYTES = 256;
const KEY_BYTES = 32;

/** The keys of two members. */
export class PairChannel {
  /** From which everything between these two entries is derived, 32 bytes. */
  readonly base: Bytes;
  readonly #out: Bytes;
  readonly #back: Bytes;
  #sent = 0;
  /** Counters are heard from here on. */
  #next = 0;

  private constructor(base: Bytes, out: Bytes, back: Bytes) {
    this.base = base;
    this.#out = out;
    this.#back = back;
  }

  /**
   * @param agreement the key that `own` names
   * @throws TransferError `authentication-failed` for a card whose key agrees with any on the same
   */
  static async create(
    { groupId, epoch, secret }: RoomScope,
    agreement: AgreementKey,
    own: Card,
    peer: Card,
  ): Promise<PairChannel> {
    const isLower = compareCards(own, peer) < 0;
    const [lower, higher] = isLower ? [own, peer] : [peer, own];
    const names = [lower, higher].flatMap(({ publicKey, entry, agreementKey }) => [
      publicKey,
      entry,
      agreementKey,
    ]);
    const context = lengthValueCat(groupId, u32(epoch), ...names);
    const base = await derive(
      concat(agreement.agree(peer.agreementKey), secret),
      'room pair',
      context,
      KEY_BYTES,
    );
    const upward = await derive(base, 'room message', utf8('lower to higher'), KEY_BYTES);
    const downward = await derive(base, 'room message', utf8('higher to lower'), KEY_BYTES);
    return isLower ? new PairChannel(base, upward, downward) : new PairChannel(base, downward, upward);
  }

  /** @throws TransferError `limit-exceeded` for more than fits into a message */
  async seal(content: Bytes): Promise<Bytes> {
    const counter = this.#sent;
    invariant(counter < Number.MAX_SAFE_INTEGER, 'a counter of a visit has an end');
    const padded = pad(content);
    this.#sent += 1;
    return concat(u64(counter), await sealBox(this.#out, counter, padded));
  }

  /** The content; null for what the other member didn't say, and for what was heard before. */
  async open(message: Bytes): Promise<Bytes | null> {
    const paddedBytes = message.length - COUNTER_BYTES - TAG_BYTES;
    if (!isPaddedSize(paddedBytes)) return null;
    const told = viewOf(message).getBigUint64(0);
    if (told >= BigInt(Number.MAX_SAFE_INTEGER) || told < BigInt(this.#next)) return null;
    const counter = Number(told);
    const padded = await openBox(this.#back, counter, message.slice(COUNTER_BYTES));
    // Another one may have been opened meanwhile.
    if (padded === null || counter < this.#next) return null;
    this.#next = counter + 1;
    return unpad(padded);
  }

  /** What proves a session of these two that meets under `key`, 32 bytes. @param key opaque, 32 bytes */
  deriveSessionSecret(key: Bytes): Promise<Bytes> {
    return derive(this.base, 'device session', key, KEY_BYTES);
  }
}

function pad(content: Bytes): Bytes {
  let bytes = MIN_PLAINTEXT_BYTES;
  while (bytes < LENGTH_BYTES + content.length) bytes *= 2;
  if (bytes > MAX_ROOM_PLAINTEXT_BYTES) throw new TransferError('limit-exceeded');
  const padded = new Uint8Array(bytes);
  padded.set(u32(content.length));
  padded.set(content, LENGTH_BYTES);
  return padded;
}

function isPaddedSize(bytes: number): boolean {
  const isInRange = bytes >= MIN_PLAINTEXT_BYTES && bytes <= MAX_ROOM_PLAINTEXT_BYTES;
  return isInRange && Number.isInteger(Math.log2(bytes));
}

function unpad(padded: Bytes): Bytes | null {
  const length = viewOf(padded).getUint32(0);
  if (length > padded.length - LENGTH_BYTES) return null;
  const isPadded = padded.subarray(LENGTH_BYTES + length).every((byte) => byte === 0);
  return isPadded ? padded.slice(LENGTH_BYTES, LENGTH_BYTES + length) : null;
}

/** By key, of equal ones by entry. */
function compareCards(a: Card, b: Card): number {
  return compareBytes(a.publicKey, b.publicKey) || compareBytes(a.entry, b.entry);
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (const [i, byte] of a.entries()) if (byte !== b[i]) return byte - b[i]!;
  return 0;
}
