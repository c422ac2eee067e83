// Rooms over real sockets: docs/PROTOCOL.md section 19, sentence by sentence.
import {
  encodeRoomMessage,
  MAX_CARD_BYTES,
  MAX_ROOM_MESSAGE_BYTES,
  ROOM_PAGE_CHARACTERS,
} from '@p2p-copy/core/relay-protocol';
import { describe, expect, it } from 'vitest';
import { clientOf, relayWith } from '../running-relays.ts';
import { cardOf, OTHER_ROOM, ROOM, RoomClient } from './room-client.ts';

describe('a member of a room', () => {
  it('hears the cards of those who are there, and of each who comes, changes and leaves', async () => {
    const relay = await relayWith();
    const first = await RoomClient.inRoom(relay, 'first');
    expect(first.entered).toMatchObject({ place: 1, members: [], more: false });
    const second = await RoomClient.inRoom(relay, 'second');
    expect(second.entered.members).toEqual([{ number: first.number, card: cardOf('first') }]);
    expect(await first.client.next('joined')).toEqual({
      type: 'joined',
      place: 1,
      number: second.number,
      card: cardOf('second'),
    });
    second.client.ask({ type: 'change', place: 1, card: cardOf('renamed') });
    expect(await first.client.next('changed')).toMatchObject({
      number: second.number,
      card: cardOf('renamed'),
    });
    second.client.ask({ type: 'exit', place: 1 });
    expect(await first.client.next('left')).toEqual({ type: 'left', place: 1, number: second.number });
    await second.client.hearsNothing();
  });

  it('hears that another is gone when its connection ends, however it ends', async () => {
    const relay = await relayWith();
    const { client } = await RoomClient.inRoom(relay, 'stays');
    for (const end of ['close', 'terminate'] as const) {
      const other = await RoomClient.inRoom(relay, 'goes');
      await client.next('joined');
      other.client.relay.socket[end]();
      expect(await client.next('left')).toMatchObject({ number: other.number });
    }
  });

  it('says something to one other, or to all, and the relay writes whose it is', async () => {
    const relay = await relayWith();
    const members = [];
    for (const text of ['a', 'b', 'c']) members.push(await RoomClient.inRoom(relay, text));
    const [a, b, c] = members as [(typeof members)[0], (typeof members)[0], (typeof members)[0]];
    await a.client.next('joined');
    await a.client.next('joined');
    await b.client.next('joined');
    a.client.say(1, b.number, 'to b').say(1, 0, 'to all');
    expect(await b.client.nextMessage()).toEqual([1, a.number, 'to b']);
    expect(await b.client.nextMessage()).toEqual([1, a.number, 'to all']);
    expect(await c.client.nextMessage()).toEqual([1, a.number, 'to all']);
    await a.client.hearsNothing();
  });

  it('is in several rooms by one connection, which hear nothing of each other', async () => {
    const relay = await relayWith();
    const both = await RoomClient.welcomed(relay);
    await both.enter(1, 'here', ROOM);
    await both.enter(2, 'there', OTHER_ROOM);
    const here = await RoomClient.inRoom(relay, 'x', ROOM);
    const there = await RoomClient.inRoom(relay, 'y', OTHER_ROOM);
    expect((await both.next('joined')).place).toBe(1);
    expect((await both.next('joined')).place).toBe(2);
    there.client.say(1, 0, 'only there');
    expect(await both.nextMessage()).toEqual([2, there.number, 'only there']);
    // A number of another room is nobody's here.
    here.client.say(1, there.number, 'across');
    await here.client.hearsNothing();
    await there.client.hearsNothing();
  });

  it('takes a card of 4 KiB and none, and messages from nothing to 64 KiB', async () => {
    const relay = await relayWith();
    const first = await RoomClient.inRoom(relay, 'x'.repeat(MAX_CARD_BYTES));
    const second = await RoomClient.inRoom(relay, '');
    expect(second.entered.members).toEqual([
      { number: first.number, card: cardOf('x'.repeat(MAX_CARD_BYTES)) },
    ]);
    expect((await first.client.next('joined')).card).toBe('');
    for (const bytes of [0, 1, MAX_ROOM_MESSAGE_BYTES - 1, MAX_ROOM_MESSAGE_BYTES]) {
      second.client.say(1, 0, 'y'.repeat(bytes));
      const [, number, text] = await first.client.nextMessage();
      expect([number, text.length]).toEqual([second.number, bytes]);
    }
  });

  it('hears of a room with many cards in pages, with nothing of that place between them', async () => {
    const relay = await relayWith();
    const numbers: number[] = [];
    for (let i = 0; i < 30; i += 1) {
      numbers.push((await RoomClient.inRoom(relay, String(i).padEnd(MAX_CARD_BYTES, '.'))).number);
    }
    const last = await RoomClient.welcomed(relay);
    last.ask({ type: 'enter', place: 1, room: ROOM, card: '' });
    const heard: number[] = [];
    for (;;) {
      const { members, more } = await last.next('entered');
      heard.push(...members.map(({ number }) => number));
      const characters = members.reduce((sum, { card }) => sum + card.length, 0);
      expect(characters).toBeLessThan(ROOM_PAGE_CHARACTERS + 5462);
      if (!more) break;
      expect(characters).toBeGreaterThanOrEqual(ROOM_PAGE_CHARACTERS);
    }
    expect(heard).toEqual(numbers);
  });

  it('may say something for a place that it has just left, and nobody hears it', async () => {
    const relay = await relayWith();
    const stays = await RoomClient.inRoom(relay, 'stays');
    const goes = await RoomClient.inRoom(relay, 'goes');
    await stays.client.next('joined');
    goes.client.ask({ type: 'exit', place: 1 }).say(1, 0, 'late').ask({ type: 'change', place: 1, card: '' });
    await stays.client.next('left');
    await goes.client.hearsNothing();
    await stays.client.hearsNothing();
  });

  it('has another number when it comes back', async () => {
    const relay = await relayWith();
    const client = await RoomClient.welcomed(relay);
    const numbers = new Set<number>();
    for (let place = 1; place <= 20; place += 1) {
      numbers.add((await client.enter(place, 'me')).number);
      client.ask({ type: 'exit', place });
    }
    expect(numbers.size).toBe(20);
  });
});

describe('the endpoint', () => {
  it('says 426 to what is no WebSocket, and takes a routing hash', async () => {
    const relay = await relayWith();
    expect((await fetch(`${relay.url}/rooms`)).status).toBe(426);
    const client = await RoomClient.connect(relay, {}, '?k=abcd');
    expect(await client.hello().next('welcome')).toEqual({ type: 'welcome', rooms: 8, features: [] });
  });

  it('refuses web pages of other origins, as for pairing', async () => {
    const relay = await relayWith();
    const headers = { origin: 'https://evil.example' };
    await expect(RoomClient.connect(relay, { headers })).rejects.toThrow('403');
    await RoomClient.welcomed(relay, { headers: { origin: relay.url } });
  });

  it('knows no pairing, and that of pairing knows no rooms', async () => {
    const relay = await relayWith();
    const pairing = (await clientOf(relay, '/rooms')).allocate();
    expect(await pairing.nextClose()).toBe(4400);
    const rooms = await clientOf(relay);
    rooms.socket.send(JSON.stringify({ type: 'enter', version: 3, place: 1, room: ROOM, card: '' }));
    expect(await rooms.nextClose()).toBe(4400);
  });

  it('ends a client of another version with its own close code', async () => {
    const relay = await relayWith();
    for (const [hello, code] of [
      [{ type: 'hello', version: 2 }, 4426],
      [{ type: 'hello', version: 4 }, 4426],
      [{ type: 'hello' }, 4400],
      [{ type: 'hello', version: 3, accessToken: 5 }, 4400],
      [{ type: 'hello', version: 3, features: 'all' }, 4400],
    ] as const) {
      const client = await RoomClient.connect(relay);
      client.relay.socket.send(JSON.stringify(hello));
      expect(await client.nextClose()).toBe(code);
    }
  });

  it('holds binary messages to their form', async () => {
    const relay = await relayWith();
    const tooShort = Buffer.alloc(7);
    const ofNoPlace = encodeRoomMessage({ place: 0, number: 0, bytes: new Uint8Array(1) });
    for (const message of [tooShort, ofNoPlace]) {
      const { client } = await RoomClient.inRoom(relay, 'x');
      client.relay.socket.send(message);
      expect(await client.nextClose()).toBe(4400);
    }
  });
});
