// The name of a device, which other people's screens show, its class and its kind. docs/PROTOCOL.md section 20.
import { textOf, utf8 } from '../foundation/bytes.ts';
import { MAX_DEVICE_NAME_BYTES } from '../wire/limits.ts';

/** Whether a device may add and remove others. A page may not: a hostile relay could serve it. */
export type DeviceClass = 'full' | 'leaf';

/** Numbers of classes on the wire. */
export const CLASS_NUMBER: Readonly<Record<DeviceClass, number>> = { full: 1, leaf: 2 };

/** Numbers of kinds on the wire; one that isn't known is read as `untold`. */
export const KIND_NUMBER = { untold: 0, terminal: 1, page: 2, daemon: 3 } as const;
/** What a device is to its person. */
export type DeviceKind = keyof typeof KIND_NUMBER;

// What a terminal obeys, what changes the direction of text, what nobody sees, and what means nothing outside one system. Spelt
// out: a name decides whether a statement counts, so all devices need the same set, whichever version of Unicode they have.
const UNSEEN =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ue000-\uf8ff\ufdd0-\ufdef\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{10ffff}]|\u034f|[\u17b4-\u17b5]|[\u180b-\u180f]|[\ufe00-\ufe0e]/u;
/** A selector that makes no picture of what stands before it. */
const NO_EMOJI = /(?<![\u00a9\u00ae\u2000-\u32ff\u{1f000}-\u{1faff}])\ufe0f/u;
/** Marks that cover the lines above and below. */
const PILED_MARKS = /[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{4}/u;

/** Whether a name is one that other devices take. */
export function isDeviceName(name: string): boolean {
  if (name.length === 0 || name.length > MAX_DEVICE_NAME_BYTES || !name.isWellFormed()) return false;
  if (utf8(name).length > MAX_DEVICE_NAME_BYTES || name !== name.normalize('NFC')) return false;
  return name === name.trim() && ![UNSEEN, NO_EMOJI, PILED_MARKS].some((refused) => refused.test(name));
}

/** A name from the wire; null where it is none. */
export function parseDeviceName(bytes: Uint8Array): string | null {
  if (bytes.length > MAX_DEVICE_NAME_BYTES) return null;
  try {
    const name = textOf(bytes);
    return isDeviceName(name) ? name : null;
  } catch {
    return null;
  }
}

/** A class from the wire; null for another number. */
export function parseDeviceClass(bytes: Uint8Array): DeviceClass | null {
  if (bytes.length !== 1) return null;
  if (bytes[0] === CLASS_NUMBER.full) return 'full';
  return bytes[0] === CLASS_NUMBER.leaf ? 'leaf' : null;
}

/** A kind from the wire; null where it isn't one byte. */
export function parseDeviceKind(bytes: Uint8Array): DeviceKind | null {
  if (bytes.length !== 1) return null;
  for (const [kind, number] of Object.entries(KIND_NUMBER)) {
    if (bytes[0] === number) return kind as DeviceKind;
  }
  return 'untold';
}
