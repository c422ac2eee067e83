// Who counts as present: pings by the relay's clock, which the tests turn. docs/PROTOCOL.md section 19.
import { type ChildProcess, spawn } from 'node:child_process';
import { encodeRoomMessage, HELLO_DEADLINE_MS } from '@p2p-copy/core/relay-protocol';
import { describe, expect, it, onTestFinished } from 'vitest';
import { MAX_WAITED_BEATS, ROOM_PING_MS } from '../../src/presence/room-connection.ts';
import { FakeClock } from '../fake-clock.ts';
import { frame, rawWebSocket } from '../raw-client.ts';
import { relayWith } from '../running-relays.ts';
import { cardOf, ROOM, RoomClient } from './room-client.ts';

const HELLO = JSON.stringify({ type: 'hello', version: 3 });
const ENTER = JSON.stringify({ type: 'enter', place: 1, room: ROOM, card: cardOf('half-open') });

const WORD = Buffer.from(encodeRoomMessage({ place: 1, number: 0, bytes: new Uint8Array(1) }));

/** A member whose WebSocket answers nothing: its machine was stopped, or its path cut. */
async function silentMember(port: number) {
  const socket = await rawWebSocket({ port }, '/rooms');
  socket.on('data', () => {});
  socket.write(Buffer.concat([frame(1, HELLO), frame(1, ENTER)]));
  return socket;
}

/** A member in a process of its own, which says back what it hears. */
async function memberProcess(url: string): Promise<ChildProcess> {
  const program = `
    import WebSocket from 'ws';
    const socket = new WebSocket(${JSON.stringify(`${url.replace('http', 'ws')}/rooms`)});
    socket.on('open', () => { socket.send(${JSON.stringify(HELLO)}); socket.send(${JSON.stringify(ENTER)}); });
    socket.on('message', (message, isBinary) => isBinary && socket.send(message));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    cwd: import.meta.dirname,
    stdio: 'ignore',
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
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

  it('of a process that is stopped, which its system still acknowledges for, ends within 15 s', async () => {
    const clock = new FakeClock();
    const relay = await relayWith({}, clock);
    const { client } = await RoomClient.inRoom(relay, 'stays');
    const stopped = await memberProcess(relay.url);
    const { number } = await client.next('joined');
    const beat = () => {
      clock.advance(ROOM_PING_MS);
      client.say(1, number, 'are you there?');
    };
    beat();
    expect((await client.nextMessage())[1]).toBe(number);
    stopped.kill('SIGSTOP');
    for (let beats = 0; beats < 3; beats += 1) {
      await client.hearsNothing();
      beat();
    }
    expect(await client.next('left')).toMatchObject({ number });
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

  it('of a member that reads nothing ends after 15 s though it says pongs and messages, and what waited for it is let go', async () => {
    const clock = new FakeClock();
    const MIB = 1024 * 1024;
    const relay = await relayWith(
      {
        roomBytesPerMinute: 1000 * MIB,
        roomBytesPerMinutePerAddress: 1000 * MIB,
        roomBacklogBytes: 64 * MIB,
        adminListen: ['127.0.0.1:0'],
      },
      clock,
    );
    const { client } = await RoomClient.inRoom(relay, 'speaks');
    const silent = await silentMember(relay.port);
    const { number } = await client.next('joined');
    silent.pause();
    // More than the systems take on the way.
    for (let i = 0; i < 320; i += 1) client.say(1, number, 'x'.repeat(65_536));
    await client.hearsNothing();
    for (let beat = 0; beat <= MAX_WAITED_BEATS; beat += 1) {
      silent.write(Buffer.concat([frame(10, 'alive'), frame(2, WORD)]));
      expect((await client.nextMessage())[1]).toBe(number);
      clock.advance(ROOM_PING_MS);
    }
    await client.next('left');
    const status = await (await fetch(`${relay.adminAddresses[0]}/status`)).json();
    expect(status).toMatchObject({ refusals: { 'slow-member': 1 } });
  });

  it('of a member that reads slowly goes on, as long as nothing waits for it that long', async () => {
    const clock = new FakeClock();
    const relay = await relayWith({}, clock);
    const { client } = await RoomClient.inRoom(relay, 'speaks');
    const reads = await RoomClient.inRoom(relay, 'reads');
    await client.next('joined');
    for (let beat = 0; beat < 12; beat += 1) {
      client.say(1, 0, 'x'.repeat(60_000));
      expect((await reads.client.nextMessage())[2]).toHaveLength(60_000);
      clock.advance(ROOM_PING_MS);
      for (const each of [client, reads.client]) await each.hearsNothing();
    }
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
