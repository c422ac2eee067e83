// The card that a member shows in a room: signed for this room, epoch and entry, sealed from whoever isn't in the group.
// docs/PROTOCOL.md section 20.
import { derive } from '../crypto/derive-keys.ts';
import { lengthValueCat, splitLengthValues } from '../crypto/length-value.ts';
import { type Bytes, concat, equalBytes, randomBytes, u32, utf8 } from '../foundation/bytes.ts';
import { deriveCardKey, deriveRoomKey, type RoomScope } from '../group/group-keys.ts';
import { AGREEMENT_BYTES } from '../identity/agreement.ts';
import { type DeviceKind, KIND_NUMBER, parseDeviceKind, parseDeviceName } from '../identity/device-name.ts';
import {
  type DeviceKey,
  isSigned,
  PUBLIC_KEY_BYTES,
  SIGNATURE_BYTES,
  signParts,
} from '../identity/device-signature.ts';
import { openBox, sealBox, TAG_BYTES } from '../identity/sealed-box.ts';
import { MAX_SEALED_CARD_BYTES } from '../wire/limits.ts';

/** Length of what names one visit to a room. */
export const ENTRY_BYTES = 16;
const SALT_BYTES = 32;
const PAD_BYTES = 512;
const PARTS = 5;

/** What a member says of itself in a room. */
export interface Card {
  /** 32 bytes; zeros on an empty card, which names no device. */
  publicKey: Bytes;
  /** 16 bytes, new with each entry. */
  entry: Bytes;
  /** Of X25519, 32 bytes, new with each entry. */
  agreementKey: Bytes;
  kind: DeviceKind;
  /** As the device calls itself: shown nowhere in place of its petname. Empty on an empty card. */
  name: string;
}

/** The key of an empty card. */
export const NO_DEVICE: Bytes = new Uint8Array(PUBLIC_KEY_BYTES);
const NO_SIGNATURE = new Uint8Array(SIGNATURE_BYTES);

/** Whether a card names no device. */
export function isEmptyCard({ publicKey }: Pick<Card, 'publicKey'>): boolean {
  return equalBytes(publicKey, NO_DEVICE);
}

/** A room, and what hides its cards. */
export interface CardRoom extends RoomScope {
  /** The opaque key, 32 bytes. */
  roomKey: Bytes;
  cardKey: Bytes;
}

/** The room of a group's epoch. */
export async function cardRoom(scope: RoomScope): Promise<CardRoom> {
  return { ...scope, roomKey: await deriveRoomKey(scope), cardKey: await deriveCardKey(scope) };
}

/** A sealed card. @param key null for an empty card */
export async function sealCard(
  room: CardRoom,
  key: DeviceKey | null,
  card: Card,
  salt: Bytes = randomBytes(SALT_BYTES),
): Promise<Bytes> {
  const signature = key === null ? NO_SIGNATURE : await signParts(key, 'card', signedParts(room, card));
  const shown = concat(signature, lengthValueCat(...partsOf(card)));
  const padded = new Uint8Array(Math.ceil(shown.length / PAD_BYTES) * PAD_BYTES);
  padded.set(shown);
  return concat(salt, await sealBox(await saltedKey(room, salt), 0, padded, additionalData(room)));
}

/** The card; null where it doesn't open, isn't one, or the signature isn't its device's for this room. */
export async function openCard(room: CardRoom, sealed: Bytes): Promise<Card | null> {
  const paddedBytes = sealed.length - SALT_BYTES - TAG_BYTES;
  if (sealed.length > MAX_SEALED_CARD_BYTES || paddedBytes < PAD_BYTES || paddedBytes % PAD_BYTES !== 0)
    return null;
  const salt = sealed.slice(0, SALT_BYTES);
  const key = await saltedKey(room, salt);
  const padded = await openBox(key, 0, sealed.slice(SALT_BYTES), additionalData(room));
  if (padded === null) return null;
  const signature = padded.subarray(0, SIGNATURE_BYTES);
  const card = parseCard(padded.slice(SIGNATURE_BYTES));
  if (card === null) return null;
  if (!isEmptyCard(card))
    return isSigned(card.publicKey, signature, 'card', signedParts(room, card)) ? card : null;
  const isBare = card.name === '' && card.kind === 'untold' && equalBytes(signature, NO_SIGNATURE);
  return isBare ? card : null;
}

/** A card before its padding, which is zeros: lengths of 0, of which no part is left. */
function parseCard(padded: Bytes): Card | null {
  const parts = splitLengthValues(padded, padded.length);
  if (parts === null || parts.length < PARTS) return null;
  const [publicKey, entry, agreementKey, kindByte, nameBytes, ...padding] = parts.map((part) => part.slice());
  if (padding.some((part) => part.length > 0)) return null;
  if (publicKey!.length !== PUBLIC_KEY_BYTES || entry!.length !== ENTRY_BYTES) return null;
  if (agreementKey!.length !== AGREEMENT_BYTES) return null;
  const kind = parseDeviceKind(kindByte!);
  const isEmpty = equalBytes(publicKey!, NO_DEVICE);
  const name = isEmpty && nameBytes!.length === 0 ? '' : parseDeviceName(nameBytes!);
  if (kind === null || name === null) return null;
  return { publicKey: publicKey!, entry: entry!, agreementKey: agreementKey!, kind, name };
}

function partsOf({ publicKey, entry, agreementKey, kind, name }: Card): Bytes[] {
  return [publicKey, entry, agreementKey, Uint8Array.of(KIND_NUMBER[kind]), utf8(name)];
}

function signedParts({ groupId, epoch, roomKey }: CardRoom, card: Card): Bytes[] {
  const [, ...said] = partsOf(card);
  return [groupId, u32(epoch), roomKey, ...said];
}

function saltedKey({ cardKey }: CardRoom, salt: Bytes): Promise<Bytes> {
  return derive(cardKey, 'card', salt, 32);
}

function additionalData({ roomKey, epoch }: CardRoom): Bytes {
  return lengthValueCat(roomKey, u32(epoch));
}
