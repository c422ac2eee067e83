// A relay that says what no relay may about rooms: nothing of it reaches the app, and what the client holds stays bounded.
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../../../apps/relay/test/fake-clock.ts';
import type { DialRelay, RelaySocket, SocketEvent } from '../../src/ports/relay-socket.ts';
import type { RoomEvent } from '../../src/ports/rooms.ts';
import { relayRooms } from '../../src/relay-client/relay-rooms.ts';
import { encodeRoomMessage } from '../../src/relay-protocol/index.ts';

const KEY = 'r'.repeat(43);
const CARD = new Uint8Array([1, 2, 3]);
const WELCOME = { type: 'welcome', rooms: 8, features: [] };
const ENTERED = { type: 'entered', place: 1, number: 7, members: [{ number: 8, card: 'AAAA' }] };

type Said = object | Uint8Array<ArrayBuffer> | number;

/** A relay that answers `hello` and what follows as a test says, on each connection anew. */
function playedRelay(answers: (connection: number) => { hello: Said[]; enter: Said[] }) {
  const said: Record<string, unknown>[] = [];
  let connections = 0;
  const sockets: { push(said: Said): void; unread(): number; isOpen: boolean }[] = [];
  const dial: DialRelay = async () => {
    const { hello, enter } = answers(connections++);
    const events: SocketEvent[] = [];
    let wake = () => {};
    const self = {
      isOpen: true,
      unread: () => events.length,
      push(what: Said) {
        if (!self.isOpen) return;
        if (typeof what === 'number') {
          self.isOpen = false;
          events.push({ kind: 'closed', code: what, reason: '', allWritten: true });
        } else if (what instanceof Uint8Array) events.push({ kind: 'binary', bytes: what });
        else events.push({ kind: 'text', text: JSON.stringify(what) });
        wake();
      },
    };
    sockets.push(self);
    const socket: RelaySocket = {
      bufferedBytes: 0,
      drained: async () => {},
      send(message) {
        if (typeof message !== 'string') return;
        const request = JSON.parse(message);
        said.push(request);
        for (const what of request.type === 'hello' ? hello : request.type === 'enter' ? enter : []) {
          self.push(what);
        }
      },
      async receive() {
        while (events.length === 0) await new Promise<void>((resolve) => (wake = resolve));
        const [event] = events;
        return event!.kind === 'closed' ? event! : events.shift()!;
      },
      close: () => self.push(1000),
      terminate: () => self.push(1006),
    };
    return socket;
  };
  const clock = new FakeClock();
  const rooms = relayRooms(
    dial,
    clock,
    'https://relay.example',
    () => null,
    () => 0,
  );
  return { rooms, clock, said, sockets };
}

async function kindsOf(room: { receive(): Promise<RoomEvent> }, count: number): Promise<string[]> {
  const kinds: string[] = [];
  for (let i = 0; i < count; i += 1) {
    const event = await room.receive();
    kinds.push(event.kind === 'away' ? `away: ${event.why.code}` : event.kind);
  }
  return kinds;
}

const wrongs: [string, Said[]][] = [
  ['somebody joins who is there', [{ type: 'joined', place: 1, number: 8, card: '' }]],
  ['somebody leaves who isn’t there', [{ type: 'left', place: 1, number: 9 }]],
  ['somebody changes who isn’t there', [{ type: 'changed', place: 1, number: 9, card: '' }]],
  ['nobody’s message', [encodeRoomMessage({ place: 1, number: 9, bytes: CARD })]],
  ['a message that is too short', [new Uint8Array(3)]],
  ['a room is entered again', [ENTERED]],
  [
    'more join than a room has',
    Array.from({ length: 1_024 }, (_, i) => ({ type: 'joined', place: 1, number: 100 + i, card: '' })),
  ],
];

describe('a client of the rooms', () => {
  it.each(wrongs)('gives a relay up when %s, and comes back after a pause', async (_name, wrong) => {
    const relay = playedRelay((connection) => ({
      hello: [WELCOME],
      enter: [ENTERED, ...(connection === 0 ? wrong : [])],
    }));
    const room = relay.rooms.enter(KEY, CARD);
    expect((await kindsOf(room, 1))[0]).toBe('entered');
    let event = await room.receive();
    while (event.kind === 'joined') event = await room.receive();
    expect(event).toMatchObject({ kind: 'away', why: { code: 'not-a-relay' } });
    await turns();
    relay.clock.advance(250);
    expect(await kindsOf(room, 1)).toEqual(['entered']);
    relay.rooms.close();
  });

  it('lists others only once the last page has come, and none that stands in it twice', async () => {
    const page = (members: object[], more: boolean) => ({ ...ENTERED, members, more });
    const relay = playedRelay((connection) => ({
      hello: [WELCOME],
      enter:
        connection === 0
          ? [page([{ number: 8, card: '' }], true), page([{ number: 8, card: '' }], false)]
          : [page([{ number: 8, card: '' }], true), page([{ number: 9, card: '' }], false)],
    }));
    const room = relay.rooms.enter(KEY, CARD);
    expect(await kindsOf(room, 1)).toEqual(['away: not-a-relay']);
    await turns();
    relay.clock.advance(250);
    const event = await room.receive();
    expect(event.kind === 'entered' && event.members.map(({ number }) => number)).toEqual([8, 9]);
    relay.rooms.close();
  });

  it('minds no message that it doesn’t know, nor one of a place that isn’t its own', async () => {
    const relay = playedRelay(() => ({
      hello: [WELCOME],
      enter: [
        { type: 'weather', place: 1 },
        { type: 'joined', place: 5, number: 1, card: '' },
        encodeRoomMessage({ place: 5, number: 1, bytes: CARD }),
        ENTERED,
        encodeRoomMessage({ place: 1, number: 8, bytes: CARD }),
      ],
    }));
    const room = relay.rooms.enter(KEY, CARD);
    expect(await kindsOf(room, 2)).toEqual(['entered', 'message']);
    relay.rooms.close();
    expect(await kindsOf(room, 2)).toEqual(['ended', 'ended']);
  });

  it('reads no more than 1,024 events that its app doesn’t take', async () => {
    const messages = Array.from({ length: 3_000 }, () =>
      encodeRoomMessage({ place: 1, number: 8, bytes: CARD }),
    );
    let taken = 0;
    const relay = playedRelay(() => ({ hello: [WELCOME], enter: [ENTERED] }));
    const room = relay.rooms.enter(KEY, CARD);
    expect(await kindsOf(room, 1)).toEqual(['entered']);
    for (const message of messages) relay.sockets[0]!.push(message);
    await turns(20_000);
    // One more is in hand.
    expect(relay.sockets[0]!.unread()).toBe(messages.length - 1_024 - 1);
    // All are taken in the end, in their order.
    for (; taken < messages.length; taken += 1) expect((await room.receive()).kind).toBe('message');
    relay.rooms.close();
  });

  it('whose app takes nothing for long loses its connection, and the other rooms are entered again without it', async () => {
    const relay = playedRelay(() => ({ hello: [WELCOME], enter: [] }));
    const stuck = relay.rooms.enter(KEY, CARD);
    const other = relay.rooms.enter('o'.repeat(43), CARD);
    await turns();
    relay.sockets[0]!.push(ENTERED);
    await turns();
    relay.sockets[0]!.push({ ...ENTERED, place: 2 });
    expect(await kindsOf(other, 1)).toEqual(['entered']);
    for (let i = 0; i < 1_100; i += 1) {
      relay.sockets[0]!.push(encodeRoomMessage({ place: 1, number: 8, bytes: CARD }));
    }
    await turns(10_000);
    for (let ms = 0; ms < 35_000; ms += 5_000) relay.clock.advance(5_000);
    expect(await kindsOf(other, 1)).toEqual(['away: connection-lost']);
    await turns();
    relay.clock.advance(250);
    await turns();
    const asked = () => relay.said.filter(({ type }) => type === 'enter').map(({ room }) => room);
    expect(asked().slice(2)).toEqual(['o'.repeat(43)]);
    relay.sockets[1]!.push(ENTERED);
    expect(await kindsOf(other, 1)).toEqual(['entered']);
    // Its app goes on: all that it was told is there, and it is entered again.
    const kinds = await kindsOf(stuck, 1_025);
    expect([kinds[0], kinds.at(-1)]).toEqual(['entered', 'away: connection-lost']);
    await turns();
    expect(asked().slice(2)).toEqual(['o'.repeat(43), KEY]);
    relay.rooms.close();
  });

  it('asks a relay that is quiet for 20 s whether it is there, and gives it up after 30 s', async () => {
    const relay = playedRelay(() => ({ hello: [WELCOME], enter: [ENTERED] }));
    const room = relay.rooms.enter(KEY, CARD);
    expect(await kindsOf(room, 1)).toEqual(['entered']);
    await turns();
    relay.clock.advance(15_000);
    expect(relay.said.at(-1)).toMatchObject({ type: 'enter' });
    relay.clock.advance(5_000);
    expect(relay.said.at(-1)).toEqual({ type: 'ping' });
    relay.sockets[0]!.push({ type: 'pong' });
    await turns();
    relay.clock.advance(20_000);
    expect(relay.said.filter(({ type }) => type === 'ping')).toHaveLength(2);
    relay.clock.advance(10_000);
    expect(await kindsOf(room, 1)).toEqual(['away: connection-lost']);
    relay.rooms.close();
  });

  it('pauses for 0.25 to 5 s between attempts, drawn anew each time, or as long as the relay asks', async () => {
    const clock = new FakeClock();
    const startMs = clock.nowMs();
    const dialledMs: number[] = [];
    const draws = [0, 0.5, 1 - 1e-9, 1 - 1e-9, 1 - 1e-9];
    const dial: DialRelay = async () => {
      dialledMs.push(clock.nowMs() - startMs);
      const socket: RelaySocket = {
        bufferedBytes: 0,
        drained: async () => {},
        send() {},
        receive: async () => ({ kind: 'closed', code: 1001, reason: '', allWritten: true }),
        close() {},
        terminate() {},
      };
      return socket;
    };
    const rooms = relayRooms(
      dial,
      clock,
      'https://relay.example',
      () => null,
      () => draws.shift() ?? 0,
    );
    rooms.enter(KEY, CARD);
    for (let i = 0; i < 2_000; i += 1) {
      await turns(4);
      clock.advance(10);
    }
    rooms.close();
    const pauses = dialledMs.slice(1).map((atMs, i) => atMs - dialledMs[i]!);
    const around = [250, 1_125, 4_000, 5_000, 5_000];
    for (const [i, ms] of around.entries()) expect(Math.abs(pauses[i]! - ms)).toBeLessThanOrEqual(20);
  });
});

/** Lets promises that are settled go on. */
async function turns(count = 50): Promise<void> {
  for (let i = 0; i < count; i += 1) await Promise.resolve();
}
