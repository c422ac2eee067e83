// Rooms between real clients at a real relay: who is there, after whatever breaks.
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { type Clock, type Room, type RoomEvent, relayRooms } from '@p2p-copy/core';
import { type RelayConfig, type RunningRelay, startRelay } from '@p2p-copy/relay';
import { afterEach, describe, expect, it } from 'vitest';
import { nodeClock } from '../../src/node/clock.ts';
import { createDial, endpoint } from '../../src/node/network/dial-relay.ts';
import { startRelayProcess } from './cli-process.ts';

const OLD = fileURLToPath(new URL('../../../../test/fixtures/old-end/cli.js', import.meta.url));
const ROOM = 'r'.repeat(43);
const OTHER_ROOM = 'o'.repeat(43);
const BACK_WITHIN_MS = 10_000;
const encoder = new TextEncoder();
const closers: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function relayAt(port: number, config: Partial<RelayConfig> = {}): Promise<RunningRelay> {
  const relay = await startRelay({ host: '127.0.0.1', port, logLevel: 'silent', ...config });
  closers.push(() => relay.close());
  return relay;
}

/** A device as its app sees it: who is there by its cards, by what it has heard. */
class Device {
  readonly room: Room;
  readonly present = new Map<number, string>();
  readonly heard: string[] = [];
  away: string[] = [];
  ended: string | null | undefined;
  #onEvent: () => void = () => {};

  constructor(room: Room) {
    this.room = room;
    void this.#follow();
  }

  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await new Promise<void>((resolve) => (this.#onEvent = resolve));
  }

  names(): string[] {
    return [...this.present.values()].sort();
  }

  async #follow(): Promise<void> {
    for (;;) {
      const event: RoomEvent = await this.room.receive();
      this.#take(event);
      this.#onEvent();
      if (event.kind === 'ended') return;
    }
  }

  #take(event: RoomEvent): void {
    switch (event.kind) {
      case 'entered':
        this.present.clear();
        for (const { number, card } of event.members) this.present.set(number, textOf(card));
        return;
      case 'joined':
      case 'changed':
        this.present.set(event.number, textOf(event.card));
        return;
      case 'left':
        this.present.delete(event.number);
        return;
      case 'message':
        this.heard.push(`${this.present.get(event.from)}: ${textOf(event.bytes)}`);
        return;
      case 'away':
        this.present.clear();
        this.away.push(event.why.code);
        return;
      case 'ended':
        this.ended = event.why?.code ?? null;
    }
  }
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function roomsAt(url: string, clock: Clock = nodeClock) {
  const rooms = relayRooms(createDial({ endpoint, isSealed: true }), clock, url);
  closers.push(() => rooms.close());
  return rooms;
}

function deviceAt(url: string, name: string, key = ROOM): Device {
  return new Device(roomsAt(url).enter(key, encoder.encode(name)));
}

/** A proxy that takes `/copy` off the path of a WebSocket that knows the password. @param asked what clients ask for */
async function proxyBefore(relayPort: number, asked: (string | undefined)[]): Promise<number> {
  const proxy = createServer();
  proxy.on('upgrade', ({ url, headers, rawHeaders }, client: Socket) => {
    asked.push(url);
    if (headers.authorization !== `Basic ${Buffer.from('ann:secret').toString('base64')}`) {
      client.end('HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    const upstream = connect(relayPort, '127.0.0.1');
    const lines = rawHeaders.map((text, i) => (i % 2 === 0 ? `${text}: ` : `${text}\r\n`));
    upstream.write(`GET ${url!.slice('/copy'.length)} HTTP/1.1\r\n${lines.join('')}\r\n`);
    for (const end of [client, upstream]) end.on('error', () => {});
    client.pipe(upstream).pipe(client);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  closers.push(() => proxy.close());
  return (proxy.address() as AddressInfo).port;
}

describe('devices in a room', () => {
  it('see each other come, change, speak and leave', async () => {
    const { url } = await relayAt(0);
    const [a, b] = [deviceAt(url, 'a'), deviceAt(url, 'b')];
    await a.until(() => a.names().join() === 'b');
    await b.until(() => b.names().join() === 'a');
    b.room.change(encoder.encode('renamed'));
    await a.until(() => a.names().join() === 'renamed');
    expect(a.room.send([...a.present.keys()][0]!, encoder.encode('to you'))).toBe(true);
    expect(a.room.send(null, encoder.encode('to all'))).toBe(true);
    await b.until(() => b.heard.length === 2);
    expect(b.heard).toEqual(['a: to you', 'a: to all']);
    b.room.exit();
    await a.until(() => a.present.size === 0);
    expect(b.ended).toBe(null);
    expect(b.room.send(null, encoder.encode('late'))).toBe(false);
  });

  it('are all back by themselves within 10 s when their relay was started anew, with the cards of by then', async () => {
    const first = await relayAt(0);
    const devices = Array.from({ length: 12 }, (_, i) => deviceAt(first.url, `d${i}`));
    for (const device of devices) await device.until(() => device.present.size === 11);
    await first.close();
    for (const device of devices) await device.until(() => device.away.length > 0);
    expect(new Set(devices.flatMap(({ away }) => away))).toEqual(new Set(['connection-lost']));
    devices[0]!.room.change(encoder.encode('changed while away'));
    const startMs = performance.now();
    await relayAt(first.port);
    for (const device of devices) await device.until(() => device.present.size === 11);
    expect(performance.now() - startMs).toBeLessThan(BACK_WITHIN_MS);
    await devices[1]!.until(() => devices[1]!.names().includes('changed while away'));
  });

  it('are on a connection for each room where the relay says so', async () => {
    const relay = await relayAt(0, { maxRoomsPerConnection: 1 });
    const rooms = roomsAt(relay.url);
    const [one, two] = [ROOM, OTHER_ROOM].map(
      (key) => new Device(rooms.enter(key, encoder.encode('me'))),
    ) as [Device, Device];
    const there = [deviceAt(relay.url, 'x', ROOM), deviceAt(relay.url, 'y', OTHER_ROOM)] as const;
    await one.until(() => one.names().join() === 'x');
    await two.until(() => two.names().join() === 'y');
    await there[1].until(() => there[1].names().join() === 'me');
  });

  it('are in eight rooms and more, by as few connections as the relay allows', async () => {
    const relay = await relayAt(0);
    const rooms = roomsAt(relay.url);
    const keys = Array.from({ length: 10 }, (_, i) => String(i).repeat(43));
    const mine = keys.map((key) => new Device(rooms.enter(key, encoder.encode('me'))));
    const theirs = keys.map((key) => deviceAt(relay.url, 'they', key));
    for (const device of mine) await device.until(() => device.names().join() === 'they');
    for (const device of theirs) await device.until(() => device.names().join() === 'me');
    mine[3]!.room.exit();
    await theirs[3]!.until(() => theirs[3]!.present.size === 0);
    expect(theirs[4]!.names()).toEqual(['me']);
  });

  it('wait for a place in a room that is full, and take it when somebody leaves', async () => {
    const { url } = await relayAt(0, { maxMembersPerRoom: 2 });
    const [a, b] = [deviceAt(url, 'a'), deviceAt(url, 'b')];
    await a.until(() => a.present.size === 1);
    await b.until(() => b.present.size === 1);
    const c = deviceAt(url, 'c');
    await c.until(() => c.away.length > 0);
    expect(c.away).toEqual(['room-full']);
    a.room.exit();
    await c.until(() => c.names().join() === 'b');
  });

  it('meet below a path of a proxy that asks for a password, and nobody gets past it without', async () => {
    const relay = await relayAt(0);
    const asked: (string | undefined)[] = [];
    const port = await proxyBefore(relay.port, asked);
    const [a, b] = ['a', 'b'].map((name) => deviceAt(`http://ann:secret@127.0.0.1:${port}/copy`, name)) as [
      Device,
      Device,
    ];
    await a.until(() => a.names().join() === 'b');
    await b.until(() => b.names().join() === 'a');
    const wrong = deviceAt(`http://ann:guess@127.0.0.1:${port}/copy`, 'wrong');
    await wrong.until(() => wrong.away.length > 0);
    expect([wrong.away, a.names()]).toEqual([['not-a-relay'], ['b']]);
    expect(asked.slice(0, 2).map((url) => url?.split('?')[0])).toEqual(['/copy/rooms', '/copy/rooms']);
  });

  it('are told plainly that a relay from before has no rooms, and one that is away is none of those', async () => {
    const old = await startRelayProcess('0', [], { bin: OLD });
    closers.push(() => old.stop());
    const device = deviceAt(old.url, 'new');
    await device.until(() => device.ended !== undefined);
    expect([device.ended, device.away]).toEqual(['relay-without-rooms', []]);
    const early = deviceAt('http://127.0.0.1:9', 'early');
    await early.until(() => early.away.length > 0);
    expect([early.ended, early.away]).toEqual([undefined, ['relay-unreachable']]);
  });
});
