// What two devices tell each other to be paired, and which of them adds the other. docs/PROTOCOL.md section 20.
import { lengthValueCat, splitLengthValues } from '../crypto/length-value.ts';
import { type Bytes, equalBytes, utf8 } from '../foundation/bytes.ts';
import { TransferError } from '../foundation/errors.ts';
import { HASH_BYTES } from '../group/statement.ts';
import {
  CLASS_NUMBER,
  type DeviceClass,
  type DeviceKind,
  KIND_NUMBER,
  parseDeviceClass,
  parseDeviceKind,
  parseDeviceName,
} from '../identity/device-name.ts';
import { isPublicKey } from '../identity/device-signature.ts';
import type { Role } from '../ports/rendezvous.ts';
import { violation } from '../wire/fields.ts';

/** A device that is to be paired. */
export interface Hello {
  publicKey: Bytes;
  /** Null where it has no group. */
  groupId: Bytes | null;
  deviceClass: DeviceClass;
  kind: DeviceKind;
  name: string;
}

const PARTS = 5;

/** The body of a `hello` record. */
export function encodeHello({ publicKey, groupId, deviceClass, kind, name }: Hello): Bytes {
  const numbers = [CLASS_NUMBER[deviceClass], KIND_NUMBER[kind]].map((number) => Uint8Array.of(number));
  return lengthValueCat(publicKey, groupId ?? new Uint8Array(0), ...numbers, utf8(name));
}

/** @throws TransferError `protocol-violation` */
export function parseHello(body: Bytes): Hello {
  const parts = splitLengthValues(body, PARTS)?.map((part) => part.slice());
  if (parts?.length !== PARTS) throw violation('a device does not say who it is');
  const [publicKey, group, classByte, kindByte, nameBytes] = parts as [Bytes, Bytes, Bytes, Bytes, Bytes];
  const [deviceClass, kind, name] = [
    parseDeviceClass(classByte),
    parseDeviceKind(kindByte),
    parseDeviceName(nameBytes),
  ];
  const isGroup = group.length === 0 || group.length === HASH_BYTES;
  if (!isPublicKey(publicKey) || !isGroup || deviceClass === null || kind === null || name === null) {
    throw violation('a device does not say who it is');
  }
  // A hostile relay could serve it.
  if (deviceClass === 'full' && kind === 'page') throw violation('a page is a leaf');
  return { publicKey, groupId: group.length === 0 ? null : group, deviceClass, kind, name };
}

/** What comes of two devices: one adds the other, or both are of one group already. */
export type Part = 'adder' | 'joiner' | 'same-group';

/**
 * What `own` does. Both devices come to the same.
 * @param role of this end in the handshake
 * @throws TransferError `pair-same-device`, `pair-two-groups`, `pair-needs-full`
 */
export function partOf(own: Hello, peer: Hello, role: Role): Part {
  if (equalBytes(own.publicKey, peer.publicKey)) throw new TransferError('pair-same-device');
  if (own.groupId !== null && peer.groupId !== null) {
    if (equalBytes(own.groupId, peer.groupId)) return 'same-group';
    throw new TransferError('pair-two-groups');
  }
  const isAdder = hasPrecedence(own, peer, role === 'sender');
  if ((isAdder ? own : peer).deviceClass !== 'full') throw new TransferError('pair-needs-full');
  return isAdder ? 'adder' : 'joiner';
}

/** Who has a group, then who is full, then the initiator. */
function hasPrecedence(own: Hello, peer: Hello, isInitiator: boolean): boolean {
  if ((own.groupId === null) !== (peer.groupId === null)) return own.groupId !== null;
  if (own.deviceClass !== peer.deviceClass) return own.deviceClass === 'full';
  return isInitiator;
}
