// A visit to a room against a hostile relay, a member that cheats, and a device that was removed.
import { beforeEach, describe, expect, it } from 'vitest';
import { type Bytes, concat, randomBytes } from '../../src/foundation/bytes.ts';
import { AgreementKey } from '../../src/identity/agreement.ts';
import { type Card, cardRoom, NO_DEVICE, openCard, sealCard } from '../../src/presence/card.ts';
import type { RoomMessage } from '../../src/presence/room-message.ts';
import {
  MAX_ANSWERS_A_BEAT,
  MAX_DEVICE_ANSWERS_A_BEAT,
  MAX_MISSED_BEATS,
  MAX_ROOM_ENTRIES,
  MAX_SEALED_CARD_BYTES,
  MAX_SYNC_PAUSE_BEATS,
} from '../../src/wire/limits.ts';
import { type Device, devices, keyOf } from '../group/devices.ts';
import { heardBy, MemoryRoom, memberOf, type Passed, shownBy, type Visitor } from './memory-room.ts';

const MESSAGE: RoomMessage = { type: 'announce', files: 3, bytes: 1000 };

let all: Device[];
let [alice, bob, carol]: Device[] = [];
let room: MemoryRoom;
beforeEach(async () => {
  all = await devices('Alice', 'Bob', 'Carol');
  [alice, bob, carol] = all;
  room = new MemoryRoom();
});

async function everyone(): Promise<[Visitor, Visitor, Visitor]> {
  return [await room.enter(alice!), await room.enter(bob!), await room.enter(carol!)];
}

describe('members of a room', () => {
  it('see each other once they have answered, hear each other, and see who leaves', async () => {
    const [a, b, c] = await everyone();
    expect([a, b, c].map((visitor) => shownBy(visitor, all))).toEqual([
      ['Bob', 'Carol'],
      ['Alice', 'Carol'],
      ['Alice', 'Bob'],
    ]);
    await room.say(a, bob!, MESSAGE);
    expect([heardBy(b), heardBy(c)]).toEqual([[MESSAGE], []]);
    await room.leave(c);
    expect(shownBy(a, all)).toEqual(['Bob']);
    expect(a.events.filter(({ type }) => type === 'gone').length).toBe(1);
  });

  it('see nobody of another group, though it is at the same relay', async () => {
    const others = await devices('Stranger', 'Other');
    const a = await room.enter(alice!);
    const stranger = await room.enter(others[1]!);
    expect(shownBy(a, all).length + shownBy(stranger, others).length).toBe(0);
    expect(room.passed).toEqual([]);
  });

  it('are no longer shown when they answer no beat, without any clock, and come back with an answer', async () => {
    const [a, b] = await everyone();
    room.route = ({ from, to, bytes }) => (from === b.number ? [] : [{ from, to, bytes }]);
    for (let beat = 0; beat <= MAX_MISSED_BEATS; beat += 1) {
      expect(shownBy(a, all), `beat ${beat}`).toEqual(['Bob', 'Carol']);
      await room.beat();
    }
    expect(shownBy(a, all)).toEqual(['Carol']);
    room.route = (message) => [message];
    await room.beat();
    expect(shownBy(a, all)).toEqual(['Bob', 'Carol']);
  });

  it('hear of one that is added while they are there, once their chain has it', async () => {
    const a = await room.enter(alice!);
    const b = await room.enter(bob!);
    const key = keyOf(40);
    await alice!.group.add(alice!.key, { publicKey: key.publicKey, deviceClass: 'full', name: 'Dora' });
    const dora: Device = { key, name: 'Dora', deviceClass: 'full', group: alice!.group };
    await room.enter(dora);
    expect([shownBy(a, [dora]), shownBy(b, [dora])]).toEqual([['Dora'], []]);
    // Bob notices by the head that his chain is behind.
    await room.beat();
    expect(b.events.some(({ type }) => type === 'sync')).toBe(true);
    bob!.group.take(alice!.group.chain);
    await room.pass(b, await b.presence.chainChanged());
    expect(shownBy(b, [dora])).toEqual(['Dora']);
  });
});

describe('a relay', () => {
  it('that swaps member numbers has nobody hear what is for another, and shows nobody who is not there', async () => {
    const a = await room.visit(alice!);
    const b = await room.visit(bob!);
    const c = await room.visit(carol!);
    // Alice is shown each card under the other one's number.
    await room.show(a, c.number, b.presence.sealedCard);
    await room.show(a, b.number, c.presence.sealedCard);
    await room.show(b, a.number, a.presence.sealedCard);
    await room.show(c, a.number, a.presence.sealedCard);
    await room.beat();
    expect(shownBy(a, all)).toEqual([]);
    const members = room.visitors.get(a.number)!.presence;
    expect(members.there).toEqual([]);
    expect([b, c].flatMap(heardBy)).toEqual([]);
  });

  it('that stamps messages with another number has them ignored', async () => {
    const [a, b, c] = await everyone();
    const swap = new Map([
      [a.number, b.number],
      [b.number, a.number],
    ]);
    room.route = ({ from, to, bytes }) => [{ from: swap.get(from) ?? from, to, bytes }];
    await room.say(a, carol!, MESSAGE);
    expect(heardBy(c)).toEqual([]);
  });

  it('that replays another day shows nobody, and has nothing heard', async () => {
    const yesterday = await everyone();
    await room.say(yesterday[0], bob!, MESSAGE);
    const { passed, cards } = room;
    const today = new MemoryRoom();
    const b = await today.enter(bob!);
    for (const [number, card] of cards) await today.show(b, number + 10, card);
    for (const { from, to, bytes } of passed) {
      if (to === yesterday[1].number) await today.deliver({ from: from + 10, to: b.number, bytes });
    }
    await today.beat();
    expect(shownBy(b, all)).toEqual([]);
    expect(heardBy(b)).toEqual([]);
  });

  it('that repeats, reorders and reflects messages has each heard once, and in order', async () => {
    const [a, b] = await everyone();
    const held: Passed[] = [];
    room.route = (message) => {
      held.push(message);
      return [];
    };
    for (const files of [1, 2, 3]) await room.say(a, bob!, { ...MESSAGE, files } as RoomMessage);
    room.route = (message) => [message];
    const [first, second, third] = held as [Passed, Passed, Passed];
    for (const message of [first, first, third, second, third]) await room.deliver(message);
    // Back to who said it, stamped as if the other one had.
    await room.deliver({ from: b.number, to: a.number, bytes: third.bytes });
    expect(heardBy(b).map((message) => (message as { files: number }).files)).toEqual([1, 3]);
    expect(heardBy(a)).toEqual([]);
  });

  it('that shows one card under two numbers, again and again, never makes the same counter be used twice', async () => {
    const [a, b] = await everyone();
    const nonces = new Set<string>();
    for (let round = 0; round < 20; round += 1) {
      for (const number of [b.number, 77, b.number, 78]) await room.show(a, number, b.presence.sealedCard);
      await room.pass(a, await a.presence.left(78));
      await room.pass(a, await a.presence.beat());
    }
    const results = await Promise.all([1, 2, 3].map(() => a.presence.shown(90, b.presence.sealedCard)));
    for (const result of results) await room.pass(a, result);
    const ofAlice = room.passed.filter(({ from, to }) => from === a.number && to !== 3);
    expect(ofAlice.length).toBeGreaterThan(60);
    for (const { bytes } of ofAlice) nonces.add(bytes.subarray(0, 8).join());
    expect(nonces.size).toBe(ofAlice.length);
  });

  it('that shows a device its own cards, of now or before, has it talk to nobody', async () => {
    const a = await room.enter(alice!);
    const again = await room.visit(alice!);
    await room.show(a, 50, a.presence.sealedCard);
    await room.show(a, 51, again.presence.sealedCard);
    expect(room.passed).toEqual([]);
  });

  it('that makes up messages and cards of any size has them ignored', async () => {
    const [a, b] = await everyone();
    for (const size of [0, 1, 7, 24, 279, 280, 281, 4096, 65_536]) {
      await room.deliver({ from: b.number, to: a.number, bytes: randomBytes(size) });
      await room.show(a, 60, randomBytes(size));
    }
    expect(heardBy(a)).toEqual([]);
    expect(shownBy(a, all)).toEqual(['Bob', 'Carol']);
  });

  it('that shows more cards than an entry takes gets no more keys made, and the device knows that it is to enter anew', async () => {
    const a = await room.visit(alice!);
    const scope = await cardRoom(alice!.group.present!);
    const agreementKey = new AgreementKey().publicKey;
    const cardOf = async (): Promise<Bytes> =>
      sealCard(scope, null, {
        publicKey: NO_DEVICE,
        entry: randomBytes(16),
        agreementKey,
        kind: 'untold',
        name: '',
      });
    let sent = 0;
    for (let n = 0; n < MAX_ROOM_ENTRIES + 5; n += 1) {
      expect(a.presence.isFull).toBe(n >= MAX_ROOM_ENTRIES);
      sent += (await a.presence.shown(1000, await cardOf())).send.length;
    }
    // Nor are more of them asked in a beat whether they are there.
    expect([sent, a.presence.connected.length]).toEqual([MAX_DEVICE_ANSWERS_A_BEAT, 0]);
  });
});

describe('a card', () => {
  const cardOf = (device: Device, more: Partial<Card> = {}): Card => ({
    publicKey: device.key.publicKey,
    entry: new Uint8Array(16).fill(1),
    agreementKey: new AgreementKey().publicKey,
    kind: 'terminal',
    name: device.name,
    ...more,
  });

  it('is read as it was made, and is 512 bytes and what sealing takes', async () => {
    const scope = await cardRoom(alice!.group.present!);
    const card = cardOf(alice!, { name: 'x'.repeat(64) });
    const sealed = await sealCard(scope, alice!.key, card);
    expect(sealed.length).toBe(32 + 512 + 16);
    expect(await openCard(scope, sealed)).toEqual(card);
  });

  it('of another member can not be forged: not its key, not its name, not its X25519 key', async () => {
    const scope = await cardRoom(alice!.group.present!);
    // Carol knows the secret of the group, and signs with her own key.
    expect(await openCard(scope, await sealCard(scope, carol!.key, cardOf(bob!)))).toBe(null);
    expect(await openCard(scope, await sealCard(scope, null, cardOf(bob!)))).toBe(null);
  });

  it('of one room, epoch or group opens in no other', async () => {
    const scope = await cardRoom(alice!.group.present!);
    const sealed = await sealCard(scope, alice!.key, cardOf(alice!));
    const otherEpoch = await cardRoom({ ...alice!.group.present!, epoch: 1 });
    expect(await openCard(otherEpoch, sealed)).toBe(null);
    // Resealed by a member of both, the signature is still for the first one.
    const open = (await openCard(scope, sealed))!;
    const moved = await sealCard({ ...otherEpoch, roomKey: scope.roomKey }, alice!.key, open);
    expect(await openCard(otherEpoch, moved)).toBe(null);
    const groupId = randomBytes(32);
    const signedElsewhere = await sealCard({ ...scope, groupId }, alice!.key, open);
    expect(await openCard(scope, signedElsewhere)).toBe(null);
    expect(await openCard({ ...scope, groupId }, signedElsewhere)).toEqual(open);
  });

  it('that is cut, too long, endless or flipped anywhere is none', async () => {
    const scope = await cardRoom(alice!.group.present!);
    const sealed = await sealCard(scope, alice!.key, cardOf(alice!));
    for (const bytes of [
      new Uint8Array(0),
      sealed.slice(0, -1),
      sealed.slice(0, 48),
      concat(sealed, Uint8Array.of(0)),
      concat(sealed, new Uint8Array(512)),
      new Uint8Array(MAX_SEALED_CARD_BYTES + 1),
      new Uint8Array(32 + 16 + 512 * 7),
      new Uint8Array(10_000_000),
    ]) {
      expect(await openCard(scope, bytes), `${bytes.length} bytes`).toBe(null);
    }
    for (let at = 0; at < sealed.length; at += 37) {
      const flipped = sealed.slice();
      flipped[at]! ^= 1;
      expect(await openCard(scope, flipped), `byte ${at}`).toBe(null);
    }
  });

  it('with an X25519 key that agrees with every other on zeros has nobody talk to it', async () => {
    const a = await room.visit(alice!);
    const scope = await cardRoom(alice!.group.present!);
    const sealed = await sealCard(scope, bob!.key, cardOf(bob!, { agreementKey: new Uint8Array(32) }));
    expect(await openCard(scope, sealed)).not.toBe(null);
    expect(await a.presence.shown(5, sealed)).toEqual({ send: [], events: [] });
  });

  it('that names no device has no name and no signature', async () => {
    const scope = await cardRoom(alice!.group.present!);
    const empty = cardOf(alice!, { publicKey: NO_DEVICE, kind: 'untold', name: '' });
    expect(await openCard(scope, await sealCard(scope, null, empty))).toEqual(empty);
    for (const card of [
      { ...empty, name: 'Alice' },
      { ...empty, kind: 'page' as const },
    ]) {
      expect(await openCard(scope, await sealCard(scope, null, card))).toBe(null);
    }
    expect(await openCard(scope, await sealCard(scope, alice!.key, empty))).toBe(null);
  });
});

describe('in the room of an older epoch', () => {
  const OLD = { isOld: true, isNamed: false };
  /** Alice removes Carol; Bob doesn't know. All three are in the old room. */
  async function afterRemoval() {
    const scope = alice!.group.present!;
    const before = carol!.group.chain;
    await alice!.group.remove(alice!.key, carol!.key.publicKey);
    const c = await room.enter({ ...carol! }, { scope, chain: () => before });
    const a = await room.enter(alice!, { ...OLD, scope });
    return { a, c, scope, before };
  }

  it('a removed device learns nobody’s name, is shown to nobody, and nothing it says is heard', async () => {
    const { a, c } = await afterRemoval();
    expect(shownBy(c, all)).toEqual([]);
    expect(shownBy(a, all)).toEqual([]);
    // Alice doesn't even ask it: its card names a device that is no member.
    expect(a.events).toEqual([]);
    expect(room.passed.filter(({ from }) => from === a.number)).toEqual([]);
    await room.beat();
    expect(a.events).toEqual([]);
  });

  it('and with an empty card of its own it gets answers to pings, and nothing that a device would say', async () => {
    const { a, scope, before } = await afterRemoval();
    const hidden = await room.enter({ ...carol! }, { ...OLD, scope, chain: () => before });
    const anonymous = hidden.presence.connected[0]!;
    expect(anonymous.isAnonymous).toBe(true);
    expect(hidden.presence.there).toEqual([]);
    for (const message of [
      MESSAGE,
      { type: 'list', id: 1, from: 0 },
      { type: 'meet', id: 1, key: randomBytes(32), task: 'get', paths: [], device: null },
      { type: 'meet', id: 1, key: randomBytes(32), task: 'get', paths: [], device: bob!.key.publicKey },
      { type: 'meet', id: 1, key: randomBytes(32), task: 'sync', paths: [], device: null },
      { type: 'meet', id: 1, key: randomBytes(32), task: 'send', paths: [], device: null },
    ] as RoomMessage[]) {
      await room.pass(hidden, await hidden.presence.say(anonymous, message));
    }
    expect(heardBy(a)).toEqual([]);
  });

  it('a member that was away is met, so that it gets the chain and the secret', async () => {
    const { a, scope } = await afterRemoval();
    const b = await room.enter(bob!, { scope });
    const meet = a.events.filter(({ type }) => type === 'sync');
    expect(meet.length).toBe(1);
    expect(meet[0]).toMatchObject({ from: { card: { publicKey: bob!.key.publicKey } } });
    // Whom Bob sees there is nobody, but what names no device may hand the chain over.
    expect(shownBy(b, [alice!])).toEqual([]);
    const key = randomBytes(32);
    const { from } = meet[0] as { from: Parameters<typeof a.presence.say>[0] };
    const device = alice!.key.publicKey;
    const asking: RoomMessage = { type: 'meet', id: 1, key, task: 'sync', paths: [], device };
    await room.pass(a, await a.presence.say(from, asking));
    expect(heardBy(b)).toEqual([asking]);
    // However often the relay shows Bob's card, it is once.
    await room.show(a, b.number, b.presence.sealedCard);
    expect(a.events.filter(({ type }) => type === 'sync').length).toBe(1);
    // Both come to the same secret for that session.
    const sender = b.events.find((event) => event.type === 'message');
    const [own, theirs] = [from, (sender as { from: typeof from }).from];
    expect(await own.channel.deriveSessionSecret(key)).toEqual(await theirs.channel.deriveSessionSecret(key));
  });

  it('two that name no device tell each other nothing, whatever their chains are', async () => {
    const scope = alice!.group.present!;
    await alice!.group.remove(alice!.key, carol!.key.publicKey);
    await bob!.group.remove(bob!.key, carol!.key.publicKey);
    const a = await room.enter(alice!, { ...OLD, scope });
    const b = await room.enter(bob!, { ...OLD, scope });
    await room.beat();
    expect([a, b].map(({ events }) => events)).toEqual([[], []]);
  });
});

it('a member that makes up heads leads to no more than eight meetings in a visit', async () => {
  const a = await room.enter(alice!);
  const b = await room.enter(bob!);
  a.events.length = 0;
  for (let n = 0; n < 30; n += 1) {
    await room.say(b, alice!, pingOf(randomBytes(32)));
    // One at a time.
    await room.say(b, alice!, pingOf(randomBytes(32)));
    expect(syncsOf(a).length).toBe(Math.min(n + 1, 8));
    if (n < 8) syncsOf(a)[n]!.from.syncEnded(true);
    await room.pass(a, await a.presence.beat());
  }
});

it('a sync that failed is due again after 1 beat, 2, 4, … and no more than MAX_SYNC_PAUSE_BEATS', async () => {
  const scope = alice!.group.present!;
  await alice!.group.remove(alice!.key, carol!.key.publicKey);
  const a = await room.enter(alice!, { scope, isOld: true, isNamed: false });
  await room.enter(bob!, { scope });
  // Alice offers a sync in the old room; Dora, in a room of her own with Eve, is told a head that she doesn't know.
  const other = new MemoryRoom();
  const [dora, eve] = await devices('Dora', 'Eve');
  const d = await other.enter(dora!);
  const e = await other.enter(eve!);
  const head = randomBytes(32);
  const pauses: number[][] = [];
  for (let failures = 0; failures < 9; failures += 1) {
    const waited = [0, 0];
    while (syncsOf(a).length === failures) {
      await room.pass(a, await a.presence.beat());
      waited[0]! += 1;
    }
    for (;;) {
      await other.say(e, dora!, pingOf(head));
      if (syncsOf(d).length > failures) break;
      await other.pass(d, await d.presence.beat());
      waited[1]! += 1;
    }
    pauses.push(waited);
    for (const visitor of [a, d]) syncsOf(visitor)[failures]!.from.syncEnded(false);
  }
  const expected = [0, 1, 2, 4, 8, 16, 32, 64, 64];
  expect(expected.at(-1)).toBe(MAX_SYNC_PAUSE_BEATS);
  expect(pauses).toEqual(expected.map((beats) => [beats, beats]));
});

const pingOf = (head: Bytes): RoomMessage => ({ type: 'ping', nonce: randomBytes(16), head });
const syncsOf = ({ events }: Visitor) => events.filter((event) => event.type === 'sync');

describe('a visit that is over', () => {
  it('opens nothing that was recorded, and says nothing, whatever comes late', async () => {
    const [a, b] = await everyone();
    const member = memberOf(a, bob!.group);
    await room.say(b, alice!, MESSAGE);
    const { number } = b;
    const card = (await room.visit(bob!)).presence.sealedCard;
    a.presence.leave();
    expect(a.presence.there).toEqual([]);
    const nothing = { send: [], events: [] };
    expect(await a.presence.shown(number, b.presence.sealedCard)).toEqual(nothing);
    expect(await a.presence.shown(99, card)).toEqual(nothing);
    expect(await a.presence.heard(number, room.passed.at(-1)!.bytes)).toEqual(nothing);
    expect(await a.presence.say(member, MESSAGE)).toEqual(nothing);
    expect(await a.presence.beat()).toEqual(nothing);
    expect(await a.presence.left(number)).toEqual(nothing);
    expect(await a.presence.chainChanged()).toEqual(nothing);
  });

  it('ends in the middle of a card or a message that is being opened, and that fails nothing', async () => {
    const a = await room.visit(alice!);
    const b = await room.visit(bob!);
    for (let turns = 0; turns < 40; turns += 1) {
      const visit = await room.visit(alice!);
      const opening = visit.presence.shown(b.number, b.presence.sealedCard);
      const late = visit.presence.shown(a.number, a.presence.sealedCard);
      for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
      visit.presence.leave();
      expect((await opening).events).toEqual([]);
      expect(await late).toEqual({ send: [], events: [] });
      expect(visit.presence.connected).toEqual([]);
    }
  });
});

describe('a device that comes back by another connection', () => {
  it('is told of once, and as gone only when its last entry has left', async () => {
    const a = await room.enter(alice!);
    const first = await room.enter(bob!);
    const second = await room.enter(bob!);
    const told = () => a.events.flatMap(({ type }) => (type === 'there' || type === 'gone' ? [type] : []));
    expect(told()).toEqual(['there']);
    await room.leave(first);
    expect([told(), shownBy(a, all)]).toEqual([['there'], ['Bob']]);
    await room.leave(second);
    expect([told(), shownBy(a, all)]).toEqual([['there', 'gone'], []]);
  });
});

describe('a member that cheats', () => {
  it('by a million pings gets a few answers in each beat, and the others still get theirs', async () => {
    const a = await room.enter(alice!);
    const b = await room.enter(bob!);
    const answered = () => room.passed.filter(({ from }) => from === a.number).length;
    const flood = async () => {
      for (let n = 0; n < 100; n += 1) {
        const ping: RoomMessage = { type: 'ping', nonce: randomBytes(16), head: alice!.group.chain.head };
        await room.pass(b, await b.presence.say(memberOf(b, alice!.group), ping));
      }
    };
    await room.pass(a, await a.presence.beat());
    const before = answered();
    await flood();
    expect(answered() - before).toBe(MAX_ANSWERS_A_BEAT);
    await room.enter(carol!);
    expect(shownBy(a, all)).toEqual(['Bob', 'Carol']);
    await room.pass(a, await a.presence.beat());
    await flood();
    expect(answered() - before).toBeLessThan(2 * MAX_ANSWERS_A_BEAT + 8);
  });

  it('by many entries of one device, or many empty cards, gets no more than one device does', async () => {
    const a = await room.enter(alice!);
    const ask = async (visitors: Visitor[]) => {
      await room.pass(a, await a.presence.beat());
      const before = room.passed.filter(({ from }) => from === a.number).length;
      for (const b of visitors)
        for (let n = 0; n < MAX_ANSWERS_A_BEAT + 1; n += 1)
          await room.pass(b, await b.presence.say(b.presence.connected[0]!, pingOf(alice!.group.chain.head)));
      return room.passed.filter(({ from }) => from === a.number).length - before;
    };
    for (const isNamed of [true, false]) {
      const visitors: Visitor[] = [];
      for (let n = 0; n < 6; n += 1) {
        const visitor = await room.visit(bob!, { isNamed });
        visitors.push(visitor);
        await room.show(visitor, a.number, a.presence.sealedCard);
        await room.show(a, visitor.number, visitor.presence.sealedCard);
      }
      expect(await ask(visitors), String(isNamed)).toBeLessThanOrEqual(MAX_DEVICE_ANSWERS_A_BEAT);
      expect(await ask(visitors.slice(0, 1))).toBe(MAX_ANSWERS_A_BEAT);
    }
    await room.enter(carol!);
    expect(shownBy(a, all)).toEqual(['Bob', 'Carol']);
  });

  it('by asking for a meeting with another device is not heard', async () => {
    const a = await room.enter(alice!);
    const b = await room.enter(bob!);
    const asking: RoomMessage = {
      type: 'meet',
      id: 1,
      key: randomBytes(32),
      task: 'send',
      paths: [],
      device: null,
    };
    await room.say(b, alice!, { ...asking, device: carol!.key.publicKey });
    expect(heardBy(a)).toEqual([]);
    for (const device of [null, bob!.key.publicKey]) await room.say(b, alice!, { ...asking, device });
    expect(heardBy(a).length).toBe(2);
  });
});

it('a removed device in the old room learns nothing of what becomes of the group', async () => {
  const scope = alice!.group.present!;
  const before = carol!.group.chain;
  await alice!.group.remove(alice!.key, carol!.key.publicKey);
  const hidden = await room.visit(carol!, { scope, chain: () => before, isOld: true, isNamed: false });
  const a = await room.visit(alice!, { scope, isOld: true, isNamed: false });
  await room.show(hidden, a.number, a.presence.sealedCard);
  // Carol's device opens all that is said to it.
  const heads: string[] = [];
  room.route = (message) => [message];
  const { channel } = hidden.presence.connected[0]!;
  const open = channel.open.bind(channel);
  channel.open = async (bytes) => {
    const content = await open(bytes);
    if (content !== null) heads.push(String(JSON.parse(new TextDecoder().decode(content)).head));
    return content;
  };
  await room.show(a, hidden.number, hidden.presence.sealedCard);
  await alice!.group.add(alice!.key, { publicKey: keyOf(50).publicKey, deviceClass: 'full', name: 'x' });
  await room.pass(a, await a.presence.chainChanged());
  await room.beat();
  expect(heads.length).toBeGreaterThan(1);
  expect(new Set(heads)).toEqual(new Set([Buffer.alloc(32).toString('base64url')]));
});
