// Clients of the rooms that mean harm, over real sockets. docs/PROTOCOL.md section 19.
import type { Socket } from 'node:net';
import { encodeRoomMessage, encodeRoomRequest, MAX_ROOM_TEXT_BYTES } from '@p2p-copy/core/relay-protocol';
import { describe, expect, it } from 'vitest';
import { MAX_ROOM_PAUSE_MS } from '../../src/presence/room-board.ts';
import { MAX_ROOM_BACKLOG_MESSAGES } from '../../src/presence/room-connection.ts';
import { FakeClock } from '../fake-clock.ts';
import { closeCodeIn, frame, rawWebSocket } from '../raw-client.ts';
import { opaqueKey } from '../relay-client.ts';
import { relayWith } from '../running-relays.ts';
import { cardOf, OTHER_ROOM, ROOM, RoomClient } from './room-client.ts';

const MIB = 1024 * 1024;
const roomOf = (index: number) => String(index).padStart(43, 'x');

/** The code of the close frame that a client hears which doesn't answer it. */
async function closeCodeTo(socket: Socket): Promise<number | null> {
  let heard = Buffer.alloc(0);
  return new Promise((resolve) => {
    socket.on('data', (piece) => {
      heard = Buffer.concat([heard, piece]);
      const code = closeCodeIn(heard);
      if (code !== null) resolve(code);
    });
  });
}

describe('a client that means harm', () => {
  it('is ended when it says something before it may, or twice, or of a place that it never named', async () => {
    const relay = await relayWith();
    const message = encodeRoomMessage({ place: 1, number: 0, bytes: new Uint8Array(1) });
    const unheard = await RoomClient.connect(relay);
    unheard.relay.socket.send(message);
    expect(await unheard.nextClose()).toBe(4400);
    const wrongs: ((client: RoomClient) => unknown)[] = [
      (client) => client.relay.socket.send(message),
      (client) => client.ask({ type: 'change', place: 1, card: '' }),
      (client) => client.ask({ type: 'exit', place: 1 }),
      (client) => client.hello(),
      (client) => client.relay.socket.send('{"type":"joined","place":1,"number":1,"card":""}'),
      (client) => client.relay.socket.send('nonsense'),
      (client) => client.relay.socket.send('{"type":"enter","place":0,"room":"x","card":""}'),
    ];
    for (const doWrong of wrongs) {
      const client = await RoomClient.welcomed(relay);
      doWrong(client);
      expect(await client.nextClose(), String(doWrong)).toBe(4400);
    }
  });

  it('can’t enter a room twice by one connection, and the others hear that it left', async () => {
    const relay = await relayWith();
    const stays = await RoomClient.inRoom(relay, 'stays');
    const twice = await RoomClient.inRoom(relay, 'twice');
    await stays.client.next('joined');
    twice.client.ask({ type: 'enter', place: 2, room: ROOM, card: '' });
    expect(await twice.client.nextClose()).toBe(4400);
    expect(await stays.client.next('left')).toMatchObject({ number: twice.number });
  });

  it('is in 8 rooms at most by one connection, and has as many places as its address may by all', async () => {
    const relay = await relayWith({ maxPlacesPerAddress: 20 });
    const first = await RoomClient.welcomed(relay);
    for (let place = 1; place <= 8; place += 1) await first.enter(place, '', roomOf(place));
    first.ask({ type: 'enter', place: 9, room: roomOf(9), card: '' });
    expect(await first.nextClose()).toBe(4400);
    let entered = 0;
    const codes = new Set<unknown>();
    for (let i = 0; i < 5; i += 1) {
      const client = await RoomClient.welcomed(relay);
      for (let place = 1; place <= 8; place += 1) {
        client.ask({ type: 'enter', place, room: roomOf(100 * i + place), card: '' });
        const reply = JSON.parse(((await client.relay.next()) as { text: string }).text);
        if (reply.type === 'entered') entered += 1;
        else codes.add(reply.code);
      }
    }
    expect(entered).toBe(20);
    expect(codes).toEqual(new Set(['rate-limited']));
    // Another address has its own.
    await RoomClient.inRoom(relay, 'elsewhere', ROOM, { localAddress: '127.0.0.2' });
  });

  it('that enters and leaves 10,000 rooms leaves nothing behind, and is held to its rate', async () => {
    const relay = await relayWith({
      roomMessagesPerMinute: 1_000_000,
      roomMessagesPerMinutePerAddress: 1_000_000,
      adminListen: ['127.0.0.1:0'],
    });
    const client = await RoomClient.welcomed(relay);
    for (let place = 1; place <= 10_000; place += 1) {
      client.relay.socket.send(encodeRoomRequest({ type: 'enter', place, room: roomOf(place), card: '' }));
      client.relay.socket.send(encodeRoomRequest({ type: 'exit', place }));
    }
    for (let place = 1; place <= 10_000; place += 1) expect((await client.next('entered')).place).toBe(place);
    await client.hearsNothing();
    const status = await (await fetch(`${relay.adminAddresses[0]}/status`)).json();
    expect(status).toMatchObject({ rooms: { connections: 1, rooms: 0, places: 0 } });
  });

  it('that holds a card back, or sends an endless one, is ended before the relay holds more than a message', async () => {
    const relay = await relayWith();
    const tooLong = await RoomClient.welcomed(relay);
    tooLong.ask({ type: 'enter', place: 1, room: ROOM, card: cardOf('x'.repeat(4_097)) });
    expect(await tooLong.nextClose()).toBe(4400);
    const ofText = await RoomClient.welcomed(relay);
    ofText.relay.socket.send(`{"type":"ping","x":"${'x'.repeat(MAX_ROOM_TEXT_BYTES)}"}`);
    expect(await ofText.nextClose()).toBe(4400);
    // In fragments, of which none is the last.
    const endless = await rawWebSocket({ port: relay.port }, '/rooms');
    const heard = closeCodeTo(endless);
    endless.write(frame(1, '{"type":"hello","version":3}'));
    endless.write(frame(1, `{"type":"enter","card":"${'x'.repeat(16_000)}`, false));
    for (let i = 0; i < 4; i += 1) endless.write(frame(0, 'x'.repeat(16_000), false));
    expect(await heard).toBe(4400);
    // Before its hello it may say much less.
    const stranger = await rawWebSocket({ port: relay.port }, '/rooms');
    const answer = closeCodeTo(stranger);
    stranger.write(frame(1, 'x'.repeat(4_097), false));
    expect(await answer).toBe(4400);
  });

  it('can’t speak to itself, to nobody, to another room, or as another', async () => {
    const relay = await relayWith();
    const victim = await RoomClient.inRoom(relay, 'victim', OTHER_ROOM);
    const client = await RoomClient.inRoom(relay, 'me');
    const other = await RoomClient.inRoom(relay, 'other');
    await client.client.next('joined');
    client.client.say(1, client.number, 'me').say(1, 1, 'nobody').say(1, victim.number, 'another room');
    await client.client.hearsNothing();
    await victim.client.hearsNothing();
    client.client.say(1, other.number, 'x');
    expect(await other.client.nextMessage()).toEqual([1, client.number, 'x']);
  });

  it('that floods a room isn’t read until it has paid, and no message is lost', async () => {
    const clock = new FakeClock();
    const relay = await relayWith({ roomMessagesPerMinute: 600 }, clock);
    const hearer = await RoomClient.inRoom(relay, 'hears');
    const flooder = await RoomClient.inRoom(relay, 'floods');
    await hearer.client.next('joined');
    const said = 400;
    for (let i = 0; i < said; i += 1) flooder.client.say(1, 0, String(i));
    const heard: string[] = [];
    // Two for each message, the one that is over included; its hello and its coming cost 4.
    while (heard.length < 299) heard.push((await hearer.client.nextMessage())[2]);
    await hearer.client.hearsNothing();
    const rest = said - heard.length;
    for (let i = 0; i < rest; i += 1) {
      // One message every 200 ms, as 600 a minute have it.
      clock.advance(200);
      heard.push((await hearer.client.nextMessage())[2]);
    }
    expect(heard).toEqual(Array.from({ length: said }, (_, i) => String(i)));
  });

  it('that owes more than 5 s is ended, and its address isn’t let in before it has paid', async () => {
    const clock = new FakeClock();
    const relay = await relayWith({ roomBytesPerMinutePerAddress: 600_000 }, clock);
    const flooder = await RoomClient.inRoom(relay, 'floods', ROOM, { localAddress: '127.0.0.3' });
    await RoomClient.inRoom(relay, 'hears');
    await flooder.client.next('joined');
    for (let i = 0; i < 6; i += 1) flooder.client.say(1, 0, 'x'.repeat(65_536));
    expect(await flooder.client.nextClose()).toBe(4429);
    const again = await RoomClient.connect(relay, { localAddress: '127.0.0.3' });
    const { code, retryAfterMs } = JSON.parse(((await again.hello().relay.next()) as { text: string }).text);
    expect(code).toBe('rate-limited');
    expect(retryAfterMs).toBeGreaterThan(MAX_ROOM_PAUSE_MS);
    clock.advance(retryAfterMs);
    await RoomClient.welcomed(relay, { localAddress: '127.0.0.3' });
  });

  it('that is slow is dropped by bytes or by messages, the others hear of it, and lose nothing', async () => {
    const rates = { roomBytesPerMinute: 1000 * MIB, roomMessagesPerMinute: 1_000_000 };
    const relay = await relayWith({
      ...rates,
      roomBytesPerMinutePerAddress: 1000 * MIB,
      roomMessagesPerMinutePerAddress: 1_000_000,
      adminListen: ['127.0.0.1:0'],
    });
    for (const size of [65_536, 2_000]) {
      const room = opaqueKey(String(size % 7));
      const speaks = await RoomClient.inRoom(relay, 'speaks', room);
      const reads = await RoomClient.inRoom(relay, 'reads', room);
      const slow = await RoomClient.inRoom(relay, 'slow', room);
      await speaks.client.next('joined');
      await speaks.client.next('joined');
      await reads.client.next('joined');
      slow.client.relay.socket.pause();
      let said = 0;
      const text = 'x'.repeat(size);
      let isDropped = false;
      const left = speaks.client.next('left').then(({ number }) => {
        isDropped = true;
        expect(number).toBe(slow.number);
      });
      while (!isDropped) {
        speaks.client.say(1, 0, text);
        said += 1;
        const [, , heard] = await reads.client.nextMessage();
        expect(heard.length).toBe(size);
        await new Promise(setImmediate);
      }
      await left;
      await reads.client.next('left');
      // What the systems took on the way, and what may wait.
      expect(said * size).toBeLessThan(40 * MIB);
      if (size < 10_000) expect(said).toBeGreaterThan(MAX_ROOM_BACKLOG_MESSAGES / 2);
    }
    const status = await (await fetch(`${relay.adminAddresses[0]}/status`)).json();
    expect(status).toMatchObject({ refusals: { 'slow-member': 2 } });
  });
});
