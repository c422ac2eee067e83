// Devices among those of their group, over rooms and a relay in memory.
import { expect, it, onTestFinished } from 'vitest';
import type { DeviceOffer, GroupEvent } from '../../src/devices/group-events.ts';
import { GroupPresence } from '../../src/devices/group-presence.ts';
import type { Clock } from '../../src/foundation/clock.ts';
import type { ErrorCode } from '../../src/foundation/error-table.ts';
import { TransferError } from '../../src/foundation/errors.ts';
import type { MetSession } from '../../src/link/met-session.ts';
import type { Rendezvous } from '../../src/ports/rendezvous.ts';
import { DEVICE_ANSWER_MS, DEVICE_MEET_MS, MAX_SYNCS_AT_ONCE } from '../../src/wire/limits.ts';
import { type Device, devices, keyOf } from '../group/devices.ts';
import { MemoryRelay } from '../transfer/rig/memory-relay.ts';
import { realClock, relayPorts } from '../transfer/rig/run-pair.ts';
import { MemoryRooms } from './memory-rooms.ts';

const { signal } = new AbortController();

/** Waits that a test ends itself; all others run by the real clock. */
class HeldClock implements Clock {
  readonly #held = new Map<number, (() => void)[]>();

  nowMs(): number {
    return realClock.nowMs();
  }

  after(delayMs: number, callback: () => void): () => void {
    if (![DEVICE_ANSWER_MS, DEVICE_MEET_MS].includes(delayMs)) return realClock.after(delayMs, callback);
    const held = this.#held.get(delayMs) ?? [];
    this.#held.set(delayMs, held);
    held.push(callback);
    return () => {
      const index = held.indexOf(callback);
      if (index >= 0) held.splice(index, 1);
    };
  }

  count(delayMs: number): number {
    return this.#held.get(delayMs)?.length ?? 0;
  }

  expire(delayMs: number): void {
    for (const callback of [...(this.#held.get(delayMs) ?? [])]) callback();
  }
}

interface Present {
  device: Device;
  presence: GroupPresence;
  events: GroupEvent[];
  offers: DeviceOffer[];
}

interface World {
  rooms: MemoryRooms;
  relay: MemoryRelay;
  clock: HeldClock;
}

const world = (): World => ({ rooms: new MemoryRooms(), relay: new MemoryRelay(), clock: new HeldClock() });

async function enter(
  { rooms, relay, clock }: World,
  device: Device,
  answer: ErrorCode | null = null,
  rendezvous: Rendezvous = relayPorts(relay.dial, clock).rendezvousAt('http://memory'),
): Promise<Present> {
  const events: GroupEvent[] = [];
  const offers: DeviceOffer[] = [];
  const { key, name, group } = device;
  const presence = new GroupPresence(
    { rooms: rooms.port(), rendezvous, clock },
    {
      ...{ key, name, group, kind: 'terminal' },
      now: () => ({ wallMs: 0, boot: null }),
      keep: async (kept) => kept,
      onEvent: (event) => void events.push(event),
      onOffer(offer) {
        offers.push(offer);
        return answer;
      },
    },
  );
  onTestFinished(() => presence.close());
  await presence.start();
  return { device, presence, events, offers };
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 1));
}

const sees = ({ presence }: Present, { device }: Present) => presence.isThere(device.key.publicKey);
const code = (run: Promise<MetSession>) =>
  run.then(
    () => 'met',
    (error) => error.code,
  );

it('a device that removes another one tells all who are there, it as well, and only members are in the next room', async () => {
  const place = world();
  const [alice, bob, carol] = await devices('Alice', 'Bob', 'Carol');
  const [a, b, c] = [await enter(place, alice!), await enter(place, bob!), await enter(place, carol!)];
  await until(() => [b, c].every((other) => sees(a, other) && sees(other, a)));
  await a.device.group.remove(a.device.key, c.device.key.publicKey);
  await a.presence.change(a.device.group);
  await until(() => c.device.group.isOut && b.device.group.present?.epoch === 1);
  await until(() => sees(a, b) && sees(b, a));
  expect([sees(a, c), sees(b, c), sees(c, a), sees(c, b)]).toEqual([false, false, false, false]);
  expect(c.device.group.present).toBe(null);
  expect(c.events).toContainEqual(expect.objectContaining({ type: 'changed', kind: 'newer' }));
  // Alice and Bob in the new room, and in that of before, where nobody else is.
  await until(() => place.rooms.crowds.join() === '2,2');
});

it('a device that was away is told of a removal when it comes, by one that waits in the room of before', async () => {
  const place = world();
  const [alice, bob, carol] = await devices('Alice', 'Bob', 'Carol');
  await alice!.group.remove(alice!.key, carol!.key.publicKey);
  const a = await enter(place, alice!);
  const b = await enter(place, bob!);
  await until(() => sees(a, b) && sees(b, a));
  expect([bob!.group.chain.epoch, bob!.group.present?.epoch]).toEqual([1, 1]);
});

it('a device that answers nothing is given up after DEVICE_ANSWER_MS, and one that is not there at once', async () => {
  const place = world();
  const [alice, bob] = await devices('Alice', 'Bob');
  const [a, b] = [await enter(place, alice!), await enter(place, bob!)];
  await until(() => sees(a, b));
  place.rooms.passes = () => false;
  const asked = code(a.presence.meetToSend(bob!.key.publicKey, [], signal));
  await until(() => place.clock.count(DEVICE_ANSWER_MS) === 1);
  place.clock.expire(DEVICE_ANSWER_MS);
  expect(await asked).toBe('peer-silent');
  b.presence.close();
  await until(() => !sees(a, b));
  expect(await code(a.presence.meetToSend(bob!.key.publicKey, [], signal))).toBe('device-away');
});

it('a device that says it comes, and does not, is given up after DEVICE_MEET_MS', async () => {
  const place = world();
  const [alice, bob] = await devices('Alice', 'Bob');
  const [a, b] = [await enter(place, alice!), await enter(place, bob!)];
  await until(() => sees(a, b));
  const asked = code(a.presence.meetToSend(bob!.key.publicKey, [], signal));
  await until(() => b.offers.length === 1 && place.clock.count(DEVICE_MEET_MS) === 1);
  place.clock.expire(DEVICE_MEET_MS);
  expect(await asked).toBe('peer-gone');
});

it('a device that takes nothing says why, and nobody waits for it', async () => {
  const place = world();
  const [alice, bob] = await devices('Alice', 'Bob');
  const [a, b] = [await enter(place, alice!), await enter(place, bob!, 'device-idle')];
  await until(() => sees(a, b));
  expect(await code(a.presence.meetToSend(bob!.key.publicKey, [], signal))).toBe('device-idle');
});

it('of several processes of one device the one that receives gets what is sent', async () => {
  const place = world();
  const [alice, bob] = await devices('Alice', 'Bob');
  const a = await enter(place, alice!);
  const idle = await enter(place, bob!, 'device-idle');
  const taking = await enter(place, bob!);
  await until(() => sees(a, taking));
  await until(() => a.presence.haveAllAnswered);
  const meeting = a.presence.meetToSend(bob!.key.publicKey, [], signal);
  await until(() => taking.offers.length === 1);
  const [sent, received] = await Promise.all([meeting, taking.offers[0]!.meet([])]);
  expect(sent.transferSecret).toEqual(received.transferSecret);
  expect(idle.offers.length).toBeLessThanOrEqual(1);
  // One of the two goes: the device stays there.
  idle.presence.close();
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect([sees(a, taking), a.events.filter(({ type }) => type === 'gone')]).toEqual([true, []]);
});

it('of members that all have another view MAX_SYNCS_AT_ONCE are met at once, the next one when one of these is over', async () => {
  const place = world();
  const [alice, ...others] = await devices('Alice', 'B1', 'B2', 'B3', 'B4', 'B5', 'B6');
  const giveUps: (() => void)[] = [];
  const never: Rendezvous = {
    stunUrl: null,
    meet: () => new Promise((_resolve, reject) => giveUps.push(() => reject(new TransferError('peer-gone')))),
    nameplates: null as never,
  };
  const a = await enter(place, alice!, null, never);
  for (const [i, other] of others.entries()) {
    const { publicKey } = keyOf(100 + i);
    await other.group.add(other.key, { publicKey, deviceClass: 'full', name: 'new' });
    await enter(place, other);
  }
  await until(() => others.every(({ key }) => a.presence.isThere(key.publicKey)));
  await until(() => giveUps.length === MAX_SYNCS_AT_ONCE);
  for (let turns = 0; turns < 20; turns += 1) await new Promise((resolve) => setTimeout(resolve, 1));
  expect([giveUps.length, a.presence.isSyncing]).toEqual([MAX_SYNCS_AT_ONCE, true]);
  giveUps[0]!();
  await until(() => giveUps.length === MAX_SYNCS_AT_ONCE + 1);
});
