// The devices of a group as a person names them: by the name that stands in the list, or by key where two have one name.
import { type DeviceClass, deviceKeyOf, hexOf, type OwnGroup } from '@p2p-copy/core';
import { hexKeyOf, type OwnDevice } from '../../state/devices/device-file.ts';
import { quoted } from '../../wording/show-text.ts';
import { UsageError } from '../terminal/exit-codes.ts';

/** Digits of a key that people see: 32 bits, and more where two keys begin with the same. */
const SHORT_KEY_DIGITS = 8;
const MIN_KEY_DIGITS = 4;
/** In front of a key that is given in place of a name: no device can choose a name that is read as another one's key. */
export const KEY_PREFIX = 'key:';

/** In place of a name: every device of one's own. */
export const ANY = 'any';

/** A device of the group. */
export interface GroupMember {
  publicKey: Uint8Array<ArrayBuffer>;
  /** In hex. */
  key: string;
  name: string;
  deviceClass: DeviceClass;
  isOwn: boolean;
  /** Whether this one's person paired with it here; always so of this one itself. */
  isPaired: boolean;
  /** Name of the device that added it, where this one's person didn't pair with it. */
  addedBy: string | null;
}

/** All of them, this one first, then by name. */
export function membersOf(device: OwnDevice): GroupMember[] {
  const { group } = device;
  if (group === null) return [];
  const own = hexKeyOf(device);
  const members = [...group.chain.members.values()].map(({ publicKey, deviceClass, name }) => {
    const key = hexOf(publicKey);
    const isOwn = key === own;
    const introducer = isOwn ? null : group.introducerOf(publicKey);
    const shownName = isOwn ? device.name : (group.nameOf(publicKey) ?? name);
    const addedBy = introducer === null ? null : nameOfKey(group, introducer);
    const isPaired = isOwn || !group.isIntroduced(publicKey);
    return { publicKey, key, name: shownName, deviceClass, isOwn, isPaired, addedBy };
  });
  return members.sort((a, b) => Number(b.isOwn) - Number(a.isOwn) || compare(a, b));
}

/** A member that left may have added it. */
function nameOfKey(group: OwnGroup, publicKey: Uint8Array): string {
  return group.nameOf(publicKey) ?? shortKey(hexOf(publicKey));
}

function compare(a: GroupMember, b: GroupMember): number {
  if (a.name !== b.name) return a.name < b.name ? -1 : 1;
  return a.key < b.key ? -1 : 1;
}

/** The beginning of a key, as it stands in lists: as long as it takes to tell it from the others. */
export function shortKey(key: string, others: readonly Pick<GroupMember, 'key'>[] = []): string {
  let digits = SHORT_KEY_DIGITS;
  const isShared = (other: Pick<GroupMember, 'key'>) =>
    other.key !== key && other.key.startsWith(key.slice(0, digits));
  while (digits < key.length && others.some(isShared)) digits += MIN_KEY_DIGITS;
  return key.slice(0, digits);
}

/** A name in a sentence, with the key where another device has the same one. */
export function labelOf(member: Pick<GroupMember, 'key' | 'name'>, members: readonly GroupMember[]): string {
  const isAlone = members.every(({ key, name }) => key === member.key || !looksSame(name, member.name));
  return isAlone ? quoted(member.name) : `${quoted(member.name)} (key:${shortKey(member.key, members)})`;
}

/** Names that a person takes for one. */
function looksSame(a: string, b: string): boolean {
  return a.normalize('NFKC').toLowerCase() === b.normalize('NFKC').toLowerCase();
}

/**
 * The member that a person means.
 * @throws UsageError where there is none, more than one, or it is this device
 */
export function findMember(device: OwnDevice, given: string): GroupMember {
  const members = membersOf(device);
  const others = members.filter(({ isOwn }) => !isOwn);
  const found = matching(others, given);
  const [first, ...more] = found;
  if (first === undefined) {
    if (matching(members, given).length > 0)
      throw new UsageError(`${quoted(given)} is this device.`, 'Name another one of your devices.');
    throw new UsageError(`There is no device called ${quoted(given)}.`, othersInWords(others));
  }
  if (more.length === 0) return first;
  const keys = found.map(({ key }) => `key:${shortKey(key, members)}`).join(' or ');
  throw new UsageError(
    `${found.length} devices are called ${quoted(given)}.`,
    `Name one by its key: ${keys}.`,
  );
}

function matching(members: readonly GroupMember[], given: string): GroupMember[] {
  const name = given.trim();
  if (name.startsWith(KEY_PREFIX)) {
    const digits = name.slice(KEY_PREFIX.length).toLowerCase();
    if (digits.length < MIN_KEY_DIGITS) return [];
    return members.filter(({ key }) => key.startsWith(digits));
  }
  const exact = members.filter((member) => member.name === name.normalize('NFC'));
  return exact.length > 0 ? exact : members.filter((member) => looksSame(member.name, name));
}

function othersInWords(others: readonly GroupMember[]): string {
  if (others.length === 0) return 'This device is paired with no other one: p2p-copy pair.';
  const names = others.slice(0, 10).map((member) => labelOf(member, others));
  const more = others.length > names.length ? ` and ${others.length - names.length} more` : '';
  return `Your devices are ${names.join(', ')}${more}.`;
}

/** The key of this device. */
export function keyOf({ seed }: OwnDevice) {
  return deviceKeyOf(seed);
}
