// Who counts as present: pings by the relay's clock, which the tests turn. docs/PROTOCOL.md section 19.
import { HELLO_DEADLINE_MS } from '@p2p-copy/core/relay-protocol';
import { describe, expect, it } from 'vitest';
import { ROOM_PING_MS } from '../../src/presence/room-connection.ts';
import { FakeClock } from '../fake-clock.ts';
import { frame, rawWebSocket } from '../raw-client.ts';
import { relayWith } from '../running-relays.ts';
import { cardOf, ROOM, RoomClient } from './room-client.ts';

const HELLO = JSON.stringify({ type: 'hello', version: 3 });
const ENTER = JSON.stringify({ type: 'enter', place: 1, room: ROOM, card: cardOf('half-open') });

/** A member whose WebSocket answers nothing: its machine was stopped, or its path cut. */
async function silentMember(port: number) {
  const socket = await rawWebSocket({ port }, '/rooms');
  socket.on('data', () => {});
  socket.write(Buffer.concat([frame(1, HELLO), frame(1, ENTER)]));
  return socket;
}

describe('presence', () => {
  it('of a half-open connection ends at its third ping without an answer, 15 s after it came', async () => {
    const clock = new FakeClock();
    const relay = await relayWith({}, clock);
    const { client } = await RoomClient.inRoom(relay, 'stays');
    await silentMember(relay.port);
    const { number } = await client.next('joined');
    for (const beat of [1, 2]) {
      clock.advance(ROOM_PING_MS);
      // Its answers to the pings come before that to its question.
      await client.hearsNothing();
      expect(beat).toBeLessThan(3);
    }
    clock.advance(ROOM_PING_MS);
    expect(await client.next('left')).toEqual({ type: 'left', place: 1, number });
  });

  it('of one that only answers pings goes on for as long as it does', async () => {
    const clock = new FakeClock();
    const relay = await relayWith({}, clock);
    const quiet = await RoomClient.inRoom(relay, 'quiet');
    const pings: unknown[] = [];
    for (let beat = 0; beat < 20; beat += 1) {
      const ping = new Promise((resolve) => quiet.client.relay.socket.once('ping', resolve));
      clock.advance(ROOM_PING_MS);
      pings.push(await ping);
      await quiet.client.hearsNothing();
    }
    expect(pings).toHaveLength(20);
    expect((await RoomClient.inRoom(relay, 'late')).entered.members).toHaveLength(1);
  });

  it('isn’t kept up by what the system takes for a member that reads nothing', async () => {
    const clock = new FakeClock();
    const relay = await relayWith({}, clock);
    const { client } = await RoomClient.inRoom(relay, 'speaks');
    const silent = await silentMember(relay.port);
    await client.next('joined');
    silent.pause();
    for (let beat = 0; beat < 2; beat += 1) {
      client.say(1, 0, 'x'.repeat(1000));
      clock.advance(ROOM_PING_MS);
      await client.hearsNothing();
    }
    clock.advance(ROOM_PING_MS);
    await client.next('left');
  });

  it('begins with a hello within 10 s', async () => {
    const clock = new FakeClock();
    const relay = await relayWith({}, clock);
    const client = await RoomClient.connect(relay);
    clock.advance(HELLO_DEADLINE_MS);
    expect(await client.nextClose()).toBe(4408);
  });

  it('ends with the relay: all are sent away with 1001 at once, and newcomers are refused', async () => {
    const relay = await relayWith();
    const members = [await RoomClient.inRoom(relay, 'a'), await RoomClient.inRoom(relay, 'b')];
    await members[0]!.client.next('joined');
    const startMs = performance.now();
    const closing = relay.close(60_000);
    for (const { client } of members) expect(await client.nextClose()).toBe(1001);
    await closing;
    expect(performance.now() - startMs).toBeLessThan(30_000);
  });
});
