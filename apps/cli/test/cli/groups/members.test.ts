// Which device a person means, whatever names devices have given themselves.
import { deviceKeyOf, hexOf, OwnGroup } from '@p2p-copy/core';
import { describe, expect, it } from 'vitest';
import { findMember, labelOf, membersOf, shortKey } from '../../../src/cli/groups/members.ts';
import { newDevice } from '../../../src/state/devices/device-file.ts';

const seedOf = (number: number) => new Uint8Array(32).fill(number);
const keyOf = (number: number) => hexOf(deviceKeyOf(seedOf(number)).publicKey);

/** This device, and others under these names. */
async function deviceWith(...names: string[]) {
  const device = newDevice(seedOf(1), 'Laptop');
  const key = deviceKeyOf(device.seed);
  const group = await OwnGroup.found(key, 'Laptop');
  for (const [i, name] of names.entries())
    await group.add(key, { publicKey: deviceKeyOf(seedOf(i + 2)).publicKey, deviceClass: 'full', name });
  return { ...device, group };
}

const found = async (given: string, ...names: string[]) => findMember(await deviceWith(...names), given).key;

describe('a device', () => {
  it('is found by its name, whatever its capitals, and first of all by exactly that name', async () => {
    expect(await found('Server', 'Server')).toBe(keyOf(2));
    expect(await found(' server ', 'Server')).toBe(keyOf(2));
    expect(await found('server', 'Server', 'server')).toBe(keyOf(3));
  });

  it('is found by the beginning of its key, and never by that of a name which looks like one', async () => {
    const digits = keyOf(2).slice(0, 8);
    expect(await found(`key:${digits}`, 'Server', `key:${digits}`)).toBe(keyOf(2));
    expect(await found(`key:${digits.toUpperCase()}`, 'Server')).toBe(keyOf(2));
    await expect(found(digits, 'Server')).rejects.toThrow('There is no device called');
    await expect(found(`key:${digits.slice(0, 3)}`, 'Server')).rejects.toThrow('There is no device');
  });

  it('of a name that another one has, too, is asked for by key, and labelled by it', async () => {
    await expect(found('Server', 'Server', 'Server')).rejects.toMatchObject({
      message: '2 devices are called “Server”.',
      next: expect.stringContaining(`key:${keyOf(3).slice(0, 8)}`),
    });
    const members = membersOf(await deviceWith('Server', 'SERVER', 'Phone'));
    const labels = members.map((member) => labelOf(member, members));
    expect(labels).toContain(`“Server” (key:${keyOf(2).slice(0, 8)})`);
    expect(labels).toContain('“Phone”');
  });

  it('is labelled by as much of its key as tells it from the others', () => {
    const [key, other] = [`3f2a91bc00${'0'.repeat(54)}`, `3f2a91bc01${'0'.repeat(54)}`] as const;
    expect(shortKey(key)).toBe('3f2a91bc');
    expect(shortKey(key, [{ key }, { key: other }])).toBe('3f2a91bc0000');
  });

  it('that founded the group is paired here only where its person paired with it', async () => {
    const device = await deviceWith('Phone');
    const founder = deviceKeyOf(seedOf(1)).publicKey;
    // The phone's own view: it came by the laptop, and noted the pairing or not.
    const { chain, present } = device.group;
    const phone = OwnGroup.joined(deviceKeyOf(seedOf(2)).publicKey, chain, present!);
    const asPhone = { ...newDevice(seedOf(2), 'Phone'), group: phone };
    const paired = () => membersOf(asPhone).map(({ name, isPaired, addedBy }) => [name, isPaired, addedBy]);
    expect(paired()).toEqual([
      ['Phone', true, null],
      ['Laptop', false, null],
    ]);
    phone.notePaired(founder);
    expect(paired()[1]).toEqual(['Laptop', true, null]);
  });

  it('that is this one, or none, is refused with the names that there are', async () => {
    await expect(found('Laptop', 'Server')).rejects.toThrow('“Laptop” is this device.');
    await expect(found('Sever', 'Server')).rejects.toMatchObject({ next: 'Your devices are “Server”.' });
  });
});
