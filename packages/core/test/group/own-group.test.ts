// A device's own view of its group: what it takes over from others, which secrets it gives and holds, and for how long.
import { beforeEach, describe, expect, it } from 'vitest';
import { hexOf } from '../../src/foundation/bytes.ts';
import type { Moment } from '../../src/foundation/observed-age.ts';
import { deriveRoomKey } from '../../src/group/group-keys.ts';
import { OwnGroup } from '../../src/group/own-group.ts';
import { MAX_OLD_ROOMS, OLD_ROOM_MS } from '../../src/wire/limits.ts';
import { type Device, devices, keyOf, noPause, secretOf, viewOf } from './devices.ts';

const DAY_MS = 24 * 3_600_000;
const at = (days: number): Moment => ({ wallMs: days * DAY_MS, boot: null });
const added = (number: number) =>
  ({ publicKey: keyOf(number).publicKey, deviceClass: 'full', name: 'new' }) as const;

let alice: Device;
let bob: Device;
let carol: Device;
let page: Device;
beforeEach(async () => {
  [alice, bob, carol, page] = (await devices('Alice', 'Bob', 'Carol', 'page')) as [
    Device,
    Device,
    Device,
    Device,
  ];
});

/** Two members that don't know of each other's change. */
async function fork() {
  await alice.group.add(alice.key, added(50));
  await bob.group.remove(bob.key, page.key.publicKey);
  return alice.group.take(bob.group.chain);
}

describe('a removal', () => {
  it('is taken over by the others, who then lack a secret until it is handed to them', async () => {
    const removed = await alice.group.remove(alice.key, carol.key.publicKey);
    expect(removed.map(({ name }) => name)).toEqual(['Carol']);
    const taken = bob.group.take(alice.group.chain);
    expect(taken.kind).toBe('newer');
    expect(taken.removed.map(({ publicKey }) => hexOf(publicKey))).toEqual([hexOf(carol.key.publicKey)]);
    expect(bob.group.present).toBe(null);
    const [present] = alice.group.secretsFor(bob.key.publicKey, 1);
    expect(bob.group.takeSecret({ epoch: 1, secret: secretOf(77) })).toBe(false);
    expect(bob.group.takeSecret({ ...present!, epoch: 0 })).toBe(false);
    expect(bob.group.present).toBe(null);
    expect(bob.group.takeSecret(present!)).toBe(true);
    expect(bob.group.present).toEqual(alice.group.present);
  });

  it('gives who was removed no secret of an epoch that it is not in, and no room', async () => {
    await alice.group.remove(alice.key, carol.key.publicKey);
    expect(alice.group.secretsFor(carol.key.publicKey, 0)).toEqual([]);
    carol.group.take(alice.group.chain);
    expect(carol.group.isOut).toBe(true);
    expect([carol.group.present, carol.group.oldRooms(at(0))]).toEqual([null, []]);
    expect(carol.group.mayAcceptByRule(alice.key.publicKey)).toBe(false);
  });

  it('leaves who comes back no secret of an epoch in which it was away', async () => {
    await alice.group.remove(alice.key, carol.key.publicKey);
    await alice.group.remove(alice.key, page.key.publicKey);
    await alice.group.add(alice.key, { publicKey: carol.key.publicKey, deviceClass: 'full', name: 'Carol' });
    expect(alice.group.secretsFor(carol.key.publicKey, 0).map(({ epoch }) => epoch)).toEqual([0, 2]);
    expect(alice.group.secretsFor(page.key.publicKey, 0)).toEqual([]);
  });

  it('leads to another room, whose key says nothing of the older one', async () => {
    const before = await deriveRoomKey(alice.group.present!);
    await alice.group.remove(alice.key, carol.key.publicKey);
    const after = await deriveRoomKey(alice.group.present!);
    expect(hexOf(after)).not.toBe(hexOf(before));
    // The same secret at another epoch is another room too.
    const rolled = await deriveRoomKey({ ...alice.group.present!, epoch: 0 });
    expect(new Set([before, after, rolled].map(hexOf)).size).toBe(3);
  });

  it('is never rolled back by an older chain', async () => {
    const older = bob.group.chain;
    await alice.group.remove(alice.key, carol.key.publicKey);
    const head = alice.group.chain.head;
    expect(alice.group.take(older)).toEqual({ kind: 'known', removed: [] });
    expect(alice.group.chain.head).toEqual(head);
    expect(alice.group.chain.epoch).toBe(1);
  });
});

describe('a member that is removed and added again, in one view of another member', () => {
  it('counts as removed, and is introduced from then on, whatever its person and class were before', async () => {
    alice.group.rename(page.key.publicKey, 'My tab');
    expect(alice.group.isIntroduced(page.key.publicKey)).toBe(false);
    await bob.group.remove(bob.key, page.key.publicKey);
    await bob.group.add(bob.key, { publicKey: page.key.publicKey, deviceClass: 'full', name: 'other' });
    const { kind, removed } = alice.group.take(bob.group.chain);
    expect([kind, removed.map(({ name }) => name)]).toEqual(['newer', ['page']]);
    expect(alice.group.isIntroduced(page.key.publicKey)).toBe(true);
    expect(alice.group.introducerOf(page.key.publicKey)).toEqual(bob.key.publicKey);
    expect(alice.group.nameOf(page.key.publicKey)).toBe('other');
  });
});

describe('an older room', () => {
  it('is left after 30 days that this device has seen, and its secret is destroyed', async () => {
    await alice.group.remove(alice.key, carol.key.publicKey);
    for (let day = 0; day < 30; day += 1) {
      expect(
        alice.group.oldRooms(at(day)).map(({ epoch }) => epoch),
        `day ${day}`,
      ).toEqual([0]);
    }
    expect(alice.group.oldRooms(at(30))).toEqual([]);
    expect(alice.group.note().secrets.map(({ epoch }) => epoch)).toEqual([1]);
    expect(alice.group.secretsFor(bob.key.publicKey, 0).map(({ epoch }) => epoch)).toEqual([1]);
    expect(OLD_ROOM_MS).toBe(30 * DAY_MS);
  });

  it('is not left because a clock is off by a year, or jumps back and forth', async () => {
    await alice.group.remove(alice.key, carol.key.publicKey);
    alice.group.oldRooms(at(0));
    expect(alice.group.oldRooms(at(365)).length).toBe(1);
    expect(alice.group.oldRooms(at(-365)).length).toBe(1);
    expect(alice.group.oldRooms(at(0)).length).toBe(1);
    const restored = await OwnGroup.restored(alice.key.publicKey, alice.group.note(), noPause);
    expect(restored.oldRooms(at(800)).length).toBe(1);
  });

  it(`is one of at most ${MAX_OLD_ROOMS}, the newest`, async () => {
    for (let n = 0; n < MAX_OLD_ROOMS + 3; n += 1) {
      if (n > 0)
        await alice.group.add(alice.key, { publicKey: carol.key.publicKey, deviceClass: 'full', name: 'C' });
      await alice.group.remove(alice.key, carol.key.publicKey);
    }
    const epochs = alice.group.oldRooms(at(0)).map(({ epoch }) => epoch);
    expect(epochs).toEqual(Array.from({ length: MAX_OLD_ROOMS }, (_, i) => i + 3));
    expect(alice.group.present?.epoch).toBe(MAX_OLD_ROOMS + 3);
  });

  it('is the one that is still there while the present secret is missing, however long that takes', async () => {
    await alice.group.remove(alice.key, carol.key.publicKey);
    bob.group.take(alice.group.chain);
    expect(bob.group.present).toBe(null);
    for (let day = 0; day < 40; day += 1) expect(bob.group.oldRooms(at(day)).length, `day ${day}`).toBe(1);
  });
});

describe('two statements with one predecessor', () => {
  it('change nothing, and stop what would be accepted by itself, for every device', async () => {
    expect(alice.group.mayAcceptByRule(bob.key.publicKey)).toBe(true);
    const { head } = alice.group.chain;
    expect((await fork()).kind).toBe('fork');
    expect(alice.group.chain.head).not.toEqual(head);
    expect(alice.group.chain.member(page.key.publicKey)).not.toBe(null);
    for (const device of [bob, carol]) expect(alice.group.mayAcceptByRule(device.key.publicKey)).toBe(false);
    expect(alice.group.fork?.theirs.signer).toEqual(bob.key.publicKey);
  });

  it('are asked about after a restart too', async () => {
    await fork();
    const restored = await OwnGroup.restored(alice.key.publicKey, alice.group.note(), noPause);
    expect(restored.fork?.theirs.signer).toEqual(bob.key.publicKey);
    expect(restored.mayAcceptByRule(bob.key.publicKey)).toBe(false);
  });

  it('lead to no question again once the person has said that its own is right', async () => {
    await fork();
    expect(alice.group.settle('own')).toEqual([]);
    expect(alice.group.mayAcceptByRule(bob.key.publicKey)).toBe(true);
    expect(alice.group.take(bob.group.chain).kind).toBe('settled-before');
    await bob.group.add(bob.key, added(60));
    expect(alice.group.take(bob.group.chain).kind).toBe('settled-before');
    const restored = await OwnGroup.restored(alice.key.publicKey, alice.group.note(), noPause);
    expect(restored.take(bob.group.chain).kind).toBe('settled-before');
    expect(restored.fork).toBe(null);
  });

  it('are asked about again where a member makes another one', async () => {
    await fork();
    alice.group.settle('own');
    carol.group.take(alice.group.chain);
    await carol.group.add(carol.key, added(70));
    await alice.group.add(alice.key, added(71));
    expect(alice.group.take(carol.group.chain).kind).toBe('fork');
  });

  it('of a device that was removed are asked about once, however many of them it makes', async () => {
    await alice.group.remove(alice.key, carol.key.publicKey);
    await carol.group.remove(carol.key, alice.key.publicKey);
    expect(alice.group.take(carol.group.chain).kind).toBe('fork');
    alice.group.settle('own');
    for (const number of [80, 81, 82]) {
      const [, , again] = await devices('Alice', 'Bob', 'Carol', 'page');
      // The same group, at the same place, and something else.
      const branch = await OwnGroup.restored(carol.key.publicKey, { ...bob.group.note() }, noPause);
      await branch.add(again!.key, added(number));
      expect(alice.group.take(branch.chain).kind).toBe('settled-before');
    }
    expect(alice.group.fork).toBe(null);
  });

  it('end with the other view in whole where the person says so, and with no secret of the own branch', async () => {
    await alice.group.remove(alice.key, carol.key.publicKey);
    await bob.group.remove(bob.key, page.key.publicKey);
    alice.group.take(bob.group.chain);
    const removed = alice.group.settle('theirs');
    expect(removed.map(({ name }) => name)).toEqual(['page']);
    expect(alice.group.chain.head).toEqual(bob.group.chain.head);
    expect(alice.group.present).toBe(null);
    expect(alice.group.chain.member(carol.key.publicKey)).not.toBe(null);
  });

  it('of two devices that remove each other are a question, whichever is heard first, and one answer makes one chain', async () => {
    await alice.group.remove(alice.key, bob.key.publicKey);
    await bob.group.remove(bob.key, alice.key.publicKey);
    const views = await Promise.all([carol, page].map(({ group, key }) => viewOf(group, key.publicKey)));
    const [first, second] = views as [OwnGroup, OwnGroup];
    const [ofAlice, ofBob] = [alice.group.chain, bob.group.chain];
    expect([first.take(ofAlice).kind, first.take(ofBob).kind]).toEqual(['newer', 'fork']);
    expect([second.take(ofBob).kind, second.take(ofAlice).kind]).toEqual(['newer', 'fork']);
    for (const view of views) expect(view.mayAcceptByRule(carol.key.publicKey)).toBe(false);
    first.settle('own');
    second.settle('theirs');
    expect(hexOf(first.chain.head)).toBe(hexOf(second.chain.head));
    expect(first.note().secrets).toEqual(second.note().secrets);
    // Neither of them is asked again, though the one that is out goes on.
    await bob.group.add(bob.key, added(60));
    for (const view of views) expect(view.take(bob.group.chain).kind).toBe('settled-before');
    for (const view of views) expect(view.mayAcceptByRule(carol.key.publicKey)).toBe(true);
  });

  it('lead to no question again about the own branch that the person gave up, whoever brings it', async () => {
    await alice.group.remove(alice.key, carol.key.publicKey);
    await bob.group.remove(bob.key, page.key.publicKey);
    const givenUp = alice.group.chain;
    alice.group.take(bob.group.chain);
    alice.group.settle('theirs');
    expect(alice.group.take(givenUp).kind).toBe('settled-before');
    expect(alice.group.mayAcceptByRule(bob.key.publicKey)).toBe(true);
    const restored = await OwnGroup.restored(alice.key.publicKey, alice.group.note(), noPause);
    expect(restored.take(givenUp).kind).toBe('settled-before');
  });

  it('are asked about again where a device that was removed has become a member again', async () => {
    await alice.group.remove(alice.key, carol.key.publicKey);
    await carol.group.remove(carol.key, page.key.publicKey);
    alice.group.take(carol.group.chain);
    alice.group.settle('own');
    expect(alice.group.take(carol.group.chain).kind).toBe('settled-before');
    await alice.group.add(alice.key, { publicKey: carol.key.publicKey, deviceClass: 'full', name: 'Carol' });
    const carols = await viewOf(alice.group, carol.key.publicKey);
    await carols.add(carol.key, added(50));
    await alice.group.add(alice.key, added(51));
    expect(alice.group.take(carols.chain).kind).toBe('fork');
  });

  it('give nobody a secret that only one branch knows', async () => {
    await bob.group.remove(bob.key, page.key.publicKey);
    await alice.group.remove(alice.key, carol.key.publicKey);
    const theirs = bob.group.secretsFor(alice.key.publicKey, 1);
    expect(theirs.length).toBe(1);
    alice.group.take(bob.group.chain);
    expect(alice.group.takeSecret(theirs[0]!)).toBe(false);
  });
});

describe('a device', () => {
  it('that others added is introduced, by whom it is said, and begins with being asked about', () => {
    expect(bob.group.isIntroduced(carol.key.publicKey)).toBe(true);
    expect(bob.group.introducerOf(carol.key.publicKey)).toEqual(alice.key.publicKey);
    expect(alice.group.isIntroduced(carol.key.publicKey)).toBe(false);
    expect(alice.group.introducerOf(carol.key.publicKey)).toBe(null);
    bob.group.notePaired(carol.key.publicKey);
    expect(bob.group.isIntroduced(carol.key.publicKey)).toBe(false);
  });

  it('that is a page is always asked about, and one that is no member too', () => {
    expect(alice.group.mayAcceptByRule(page.key.publicKey)).toBe(false);
    expect(alice.group.mayAcceptByRule(keyOf(99).publicKey)).toBe(false);
    expect([alice.group.mayChange, page.group.mayChange]).toEqual([true, false]);
  });

  it('is renamed here, and nowhere else, and its name does not come back for whoever has its key later', async () => {
    alice.group.rename(carol.key.publicKey, 'Studio');
    expect(alice.group.nameOf(carol.key.publicKey)).toBe('Studio');
    const restored = await OwnGroup.restored(alice.key.publicKey, alice.group.note(), noPause);
    expect(restored.nameOf(carol.key.publicKey)).toBe('Studio');
    expect(bob.group.nameOf(carol.key.publicKey)).toBe('Carol');
    await alice.group.remove(alice.key, carol.key.publicKey);
    expect(alice.group.nameOf(carol.key.publicKey)).toBe(null);
    await alice.group.add(alice.key, { publicKey: carol.key.publicKey, deviceClass: 'full', name: 'Carol' });
    expect(alice.group.nameOf(carol.key.publicKey)).toBe('Carol');
  });
});
