// Changes of a group that this device makes while another member's view arrives: a key that a platform keeps signs in a later
// turn of the event loop. Neither change is lost, and no epoch is rolled back.
import { beforeEach, expect, it } from 'vitest';
import { hexOf } from '../../src/foundation/bytes.ts';
import type { DeviceKey } from '../../src/identity/device-signature.ts';
import { type Device, devices, keyOf } from './devices.ts';

let alice: Device;
let bob: Device;
let carol: Device;
beforeEach(async () => {
  [alice, bob, carol] = (await devices('Alice', 'Bob', 'Carol')) as [Device, Device, Device];
});

const added = (number: number) =>
  ({ publicKey: keyOf(number).publicKey, deviceClass: 'full', name: `new ${number}` }) as const;

/** A key that signs when the test says so; later calls sign at once. */
function slow(key: DeviceKey): { key: DeviceKey; sign(): void } {
  let sign = () => {};
  const waiting = new Promise<void>((resolve) => (sign = resolve));
  const signLate = async (message: Uint8Array<ArrayBuffer>) => {
    await waiting;
    return key.sign(message);
  };
  return { key: { publicKey: key.publicKey, sign: signLate }, sign };
}

it('a device that is added while another member’s removal arrives stands behind that, in its epoch', async () => {
  await bob.group.remove(bob.key, carol.key.publicKey);
  const { key, sign } = slow(alice.key);
  const adding = alice.group.add(key, added(50));
  expect(alice.group.take(bob.group.chain).kind).toBe('newer');
  sign();
  await adding;
  expect(alice.group.chain.epoch).toBe(1);
  expect(alice.group.chain.member(carol.key.publicKey)).toBe(null);
  expect(alice.group.chain.member(added(50).publicKey)).not.toBe(null);
  // What both end with is one chain.
  expect(bob.group.take(alice.group.chain).kind).toBe('newer');
});

it('two devices that are added at once are both members, of one chain', async () => {
  const { key, sign } = slow(alice.key);
  const both = [alice.group.add(key, added(50)), alice.group.add(key, added(51))];
  sign();
  await Promise.all(both);
  expect(alice.group.chain.members.size).toBe(5);
  expect(bob.group.take(alice.group.chain).kind).toBe('newer');
});

it('a device that two members remove at once is removed once', async () => {
  await bob.group.remove(bob.key, carol.key.publicKey);
  const { key, sign } = slow(alice.key);
  const removing = alice.group.remove(key, carol.key.publicKey);
  alice.group.take(bob.group.chain);
  sign();
  expect(await removing).toEqual([]);
  expect(hexOf(alice.group.chain.head)).toBe(hexOf(bob.group.chain.head));
  expect(alice.group.chain.epoch).toBe(1);
});

it('a device that two additions of one moment add is added once', async () => {
  const { key, sign } = slow(alice.key);
  const both = [alice.group.add(key, added(50)), alice.group.add(key, added(50))];
  sign();
  await Promise.all(both);
  expect(alice.group.chain.statements.length).toBe(4);
});

it('a device that is removed while it signs says that it is in no group, and keeps the removal', async () => {
  await bob.group.remove(bob.key, alice.key.publicKey);
  for (const change of [
    (key: DeviceKey) => alice.group.add(key, added(50)),
    (key: DeviceKey) => alice.group.remove(key, carol.key.publicKey),
  ]) {
    const { key, sign } = slow(alice.key);
    const changing = change(key);
    alice.group.take(bob.group.chain);
    sign();
    await expect(changing).rejects.toMatchObject({ code: 'not-in-group' });
    expect(alice.group.isOut).toBe(true);
    expect(hexOf(alice.group.chain.head)).toBe(hexOf(bob.group.chain.head));
  }
});
