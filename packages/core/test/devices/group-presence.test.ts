// Devices among those of their group, over rooms and a relay in memory.
import { describe, expect, it, onTestFinished } from 'vitest';
import type { DeviceOffer, GroupEvent } from '../../src/devices/group-events.ts';
import { GroupPresence } from '../../src/devices/group-presence.ts';
import { RoomVisit } from '../../src/devices/room-visit.ts';
import { hexOf, randomBytes } from '../../src/foundation/bytes.ts';
import type { Clock } from '../../src/foundation/clock.ts';
import { ERROR_TABLE, type ErrorCode } from '../../src/foundation/error-table.ts';
import { TransferError } from '../../src/foundation/errors.ts';
import type { MetSession } from '../../src/link/met-session.ts';
import type { Rendezvous } from '../../src/ports/rendezvous.ts';
import type { PresentMember } from '../../src/presence/present-member.ts';
import type { RoomMessage } from '../../src/presence/room-message.ts';
import type { VisitOptions } from '../../src/presence/visit.ts';
import {
  DEVICE_ANSWER_MS,
  DEVICE_MEET_MS,
  MAX_ANSWERS_A_BEAT,
  MAX_SYNCS_AT_ONCE,
  TELL_CHANGE_MS,
} from '../../src/wire/limits.ts';
import { type Device, devices, keyOf, viewOf } from '../group/devices.ts';
import { MemoryRelay } from '../transfer/rig/memory-relay.ts';
import { realClock, relayPorts } from '../transfer/rig/run-pair.ts';
import { MemoryRooms } from './memory-rooms.ts';

const { signal } = new AbortController();

const BEAT_MS = 5_000;
const HELD_MS = [DEVICE_ANSWER_MS, DEVICE_MEET_MS, TELL_CHANGE_MS, BEAT_MS];

/** Waits that a test ends itself; all others run by the real clock. */
class HeldClock implements Clock {
  readonly #held = new Map<number, (() => void)[]>();

  nowMs(): number {
    return realClock.nowMs();
  }

  after(delayMs: number, callback: () => void): () => void {
    if (!HELD_MS.includes(delayMs)) return realClock.after(delayMs, callback);
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
    for (const callback of this.#held.get(delayMs)?.splice(0) ?? []) callback();
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

/** A device whose process says in a room whatever a test wants. */
async function lurk({ rooms }: World, device: Device, options: Partial<VisitOptions> = {}) {
  const { key, name, group } = device;
  const heard: RoomMessage[] = [];
  const own = { key, name, kind: 'terminal', chain: () => group.chain, isOld: false, isNamed: true } as const;
  const visit = await RoomVisit.enter(
    rooms.port(),
    { scope: group.present!, ...own, ...options },
    {
      onEvent: (event) => void (event.type === 'message' && heard.push(event.message)),
      ...{ onEntered() {}, onAway() {}, onEnded() {} },
    },
  );
  onTestFinished(() => visit.leave());
  return { visit, heard, others: () => visit.presence.connected };
}

type Lurker = Awaited<ReturnType<typeof lurk>>;

/** Asks a member for syncs, to which nobody comes. @returns the codes of the answers */
async function askInVain({ visit, heard }: Lurker, member: PresentMember, times: number, device: Device) {
  heard.length = 0;
  const meet = {
    type: 'meet',
    task: 'sync',
    device: visit.options.isNamed ? null : device.key.publicKey,
  } as const;
  for (let id = 1; id <= times; id += 1)
    await visit.say(member, { ...meet, id, key: randomBytes(32), paths: [] });
  await until(() => heard.length === times);
  return heard.map((message) => (message.type === 'answer' ? message.code : -1));
}

const BUSY = ERROR_TABLE['device-busy'].wire!;

const never: Rendezvous = { stunUrl: null, meet: () => new Promise(() => {}), nameplates: null as never };

/** The relay's rendezvous, and how many of its channels this end has closed at the end of a session. */
function closing({ relay, clock }: World): { rendezvous: Rendezvous; count(): number } {
  const inner = relayPorts(relay.dial, clock).rendezvousAt('http://memory');
  let count = 0;
  const meet: Rendezvous['meet'] = async (...args) => {
    const channel = await inner.meet(...args);
    const close = channel.close.bind(channel);
    channel.close = () => {
      count += 1;
      close();
    };
    return channel;
  };
  return { rendezvous: { stunUrl: null, meet, nameplates: inner.nameplates }, count: () => count };
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
  const { told, untold } = await a.presence.change(a.device.group, signal);
  expect([told, untold]).toEqual([
    new Set([b, c].map(({ device }) => hexOf(device.key.publicKey))),
    new Set(),
  ]);
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

it.each([
  ['device-busy', 'device-idle'],
  ['device-idle', 'device-busy'],
  ['declined', 'device-busy'],
] as const)('of processes of one device that say %s and %s the busy one is told of', async (...answers) => {
  const place = world();
  const [alice, bob] = await devices('Alice', 'Bob');
  const a = await enter(place, alice!);
  const [first, second] = [await enter(place, bob!, answers[0]), await enter(place, bob!, answers[1])];
  await until(() => sees(a, first) && a.presence.haveAllAnswered);
  expect(await code(a.presence.meetToSend(bob!.key.publicKey, [], signal))).toBe('device-busy');
  expect([first.offers.length, second.offers.length]).toEqual([1, 1]);
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

it('a device that asks for syncs and never comes keeps nobody from hearing that it is removed', async () => {
  const place = world();
  const [alice, bob, mallory] = await devices('Alice', 'Bob', 'Mallory');
  const { rendezvous, count } = closing(place);
  const [a, b] = [await enter(place, alice!, null, rendezvous), await enter(place, bob!)];
  const lurker = await lurk(place, mallory!);
  await until(() => sees(a, b) && sees(b, a) && lurker.visit.presence.there.length === 2);
  for (const member of lurker.visit.presence.there)
    expect(await askInVain(lurker, member, 4, mallory!)).toEqual([0, BUSY, BUSY, BUSY]);
  await alice!.group.remove(alice!.key, mallory!.key.publicKey);
  const change = a.presence.change(alice!.group, signal);
  await until(() => count() > 0);
  place.clock.expire(TELL_CHANGE_MS);
  const { told, untold } = await change;
  expect([[...told], [...untold]]).toEqual([[hexOf(bob!.key.publicKey)], [hexOf(mallory!.key.publicKey)]]);
});

it('a removed device that asks with empty cards in the room of before takes one place of all, and none of a member’s', async () => {
  const place = world();
  const [alice, bob, carol, mallory] = await devices('Alice', 'Bob', 'Carol', 'Mallory');
  const scope = mallory!.group.present!;
  await alice!.group.remove(alice!.key, mallory!.key.publicKey);
  bob!.group = await viewOf(alice!.group, bob!.key.publicKey);
  const [a, b] = [await enter(place, alice!), await enter(place, bob!)];
  const cards = { scope, isOld: true, isNamed: false };
  const first = await lurk(place, mallory!, cards);
  await until(() => sees(a, b) && sees(b, a) && first.others().length === 2);
  const numbers = first.others().map(({ number }) => number);
  for (const member of first.others())
    expect(await askInVain(first, member, 3, mallory!)).toEqual([0, BUSY, BUSY]);
  const second = await lurk(place, mallory!, cards);
  await until(() => second.others().length === 3);
  // An empty card can name any device.
  for (const member of second.others().filter(({ number }) => numbers.includes(number)))
    expect(await askInVain(second, member, 2, carol!)).toEqual([BUSY, BUSY]);
  await alice!.group.remove(alice!.key, carol!.key.publicKey);
  const { told } = await a.presence.change(alice!.group, signal);
  expect([[...told], bob!.group.present?.epoch]).toEqual([[hexOf(bob!.key.publicKey)], 2]);
});

it('a device with an empty card that says it comes, and does not, leaves its place to another one for a beat', async () => {
  const place = world();
  const [alice, , mallory] = await devices('Alice', 'Bob', 'Mallory');
  const scope = mallory!.group.present!;
  await alice!.group.remove(alice!.key, mallory!.key.publicKey);
  await enter(place, alice!);
  const cards = { scope, isOld: true, isNamed: false };
  const first = await lurk(place, mallory!, cards);
  await until(() => first.others().length === 1);
  const [atFirst] = first.others();
  const second = await lurk(place, mallory!, cards);
  await until(() => second.others().length === 2);
  const atSecond = second.others().find(({ number }) => number === atFirst!.number)!;
  const giveUp = async () => {
    await until(() => place.clock.count(DEVICE_MEET_MS) === 1);
    place.clock.expire(DEVICE_MEET_MS);
  };
  expect(await askInVain(first, atFirst!, 1, mallory!)).toEqual([0]);
  await giveUp();
  expect(await askInVain(first, atFirst!, 1, mallory!)).toEqual([BUSY]);
  expect(await askInVain(second, atSecond, 1, mallory!)).toEqual([0]);
  await giveUp();
  place.clock.expire(BEAT_MS);
  expect(await askInVain(first, atFirst!, 1, mallory!)).toEqual([0]);
});

it('a sync that failed is tried again at a later beat', async () => {
  const place = world();
  const [alice, bob, carol] = await devices('Alice', 'Bob', 'Carol');
  await alice!.group.remove(alice!.key, carol!.key.publicKey);
  const a = await enter(place, alice!);
  place.rooms.passes = () => false;
  await enter(place, bob!);
  for (let failed = 0; failed < 4; failed += 1) {
    await beatUntil(place, () => place.clock.count(DEVICE_ANSWER_MS) === 1);
    expect(a.presence.isSyncing).toBe(true);
    place.clock.expire(DEVICE_ANSWER_MS);
    await until(() => !a.presence.isSyncing);
  }
  place.rooms.passes = () => true;
  await beatUntil(place, () => a.presence.isSyncing);
  await until(() => bob!.group.present?.epoch === 1);
});

/** Beats of all, each once what the one before led to is over. */
async function beatUntil({ clock }: World, isSo: () => boolean): Promise<void> {
  for (let beats = 0; beats < 40 && !isSo(); beats += 1) {
    clock.expire(BEAT_MS);
    for (let turns = 0; turns < 10 && !isSo(); turns += 1)
      await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await until(isSo);
}

describe('a removed device that says it comes, with many entries, and never does', () => {
  async function removed() {
    const place = world();
    const [alice, bob, mallory] = await devices('Alice', 'Bob', 'Mallory');
    const { rendezvous, count } = closing(place);
    const a = await enter(place, alice!, null, rendezvous);
    for (let entries = 0; entries < 6; entries += 1) await enter(place, mallory!, null, never);
    const b = await enter(place, bob!);
    await until(() => sees(a, b) && a.presence.haveAllAnswered);
    await alice!.group.remove(alice!.key, mallory!.key.publicKey);
    return { place, a, bob: bob!, mallory: mallory!, count };
  }

  it('keeps nobody from hearing of it, and keeps the one that tells for TELL_CHANGE_MS at most', async () => {
    const { place, a, bob, mallory, count } = await removed();
    const change = a.presence.change(a.device.group, signal);
    await until(() => count() > 0 && a.presence.isSyncing);
    place.clock.expire(TELL_CHANGE_MS);
    const { told, untold } = await change;
    expect([[...told], [...untold]]).toEqual([[hexOf(bob.key.publicKey)], [hexOf(mallory.key.publicKey)]]);
  });

  it('keeps nobody from ending it', async () => {
    const { a, bob, count } = await removed();
    const stop = new AbortController();
    const change = a.presence.change(a.device.group, stop.signal);
    await until(() => count() > 0);
    stop.abort();
    expect([...(await change).told]).toEqual([hexOf(bob.key.publicKey)]);
  });
});

it('a member that asks without end is answered a few times in each beat, whatever it asks, and the others still are', async () => {
  const place = world();
  const [alice, bob, mallory] = await devices('Alice', 'Bob', 'Mallory');
  const a = await enter(place, alice!, 'device-idle');
  const lurker = await lurk(place, mallory!);
  await until(() => sees(a, { device: mallory! } as Present));
  const member = lurker.others()[0]!;
  const meet = { type: 'meet', id: 1, key: randomBytes(32), device: null } as const;
  const askings: RoomMessage[] = [
    { type: 'announce', files: 1, bytes: 1 },
    { type: 'list', id: 1, from: 0 },
    { ...meet, task: 'send', paths: [] },
    { ...meet, task: 'get', paths: [] },
    { ...meet, task: 'sync', paths: [] },
  ];
  for (const asking of askings) {
    place.clock.expire(BEAT_MS);
    lurker.heard.length = 0;
    for (let n = 0; n < 1_000; n += 1) await lurker.visit.say(member, asking);
    await until(() => lurker.heard.length > 0);
    for (let turns = 0; turns < 100; turns += 1) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(lurker.heard.length, asking.type).toBeLessThanOrEqual(MAX_ANSWERS_A_BEAT);
  }
  const b = await enter(place, bob!);
  await until(() => sees(a, b) && sees(b, a));
  expect(await code(b.presence.meetToSend(alice!.key.publicKey, [], signal))).toBe('device-idle');
});
