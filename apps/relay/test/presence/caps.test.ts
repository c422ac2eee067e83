// Each cap of rooms, hit by clients behind a trusted proxy, so that they come from any address. docs/PROTOCOL.md section 19.

import { expect, it } from 'vitest';
import type { RunningRelay } from '../../src/index.ts';
import { FakeClock } from '../fake-clock.ts';
import { relayWith } from '../running-relays.ts';
import { cardOf, ROOM, RoomClient } from './room-client.ts';

const from = (address: string) => ({ headers: { 'x-forwarded-for': address } });
const roomOf = (index: number) => String(index).padStart(43, 'x');

/** What a client at an address hears when it enters a room of its own: `entered`, or the code of `refused`. */
async function entering(relay: RunningRelay, address: string, room: string) {
  const client = await RoomClient.welcomed(relay, from(address));
  client.ask({ type: 'enter', place: 1, room, card: '' });
  const { type, code } = JSON.parse(((await client.relay.next()) as { text: string }).text);
  return { client, heard: type === 'refused' ? code : type };
}

it('a relay has as many places as it is told, and one that is left, by word or by a loss, is free at once', async () => {
  const relay = await relayWith({ trustProxy: ['127.0.0.1'], maxPlaces: 3 });
  const [first, second, third] = await Promise.all(
    [1, 2, 3].map((n) => entering(relay, `192.0.2.${n}`, roomOf(n))),
  );
  const heard = async () => (await entering(relay, '198.51.100.1', roomOf(9))).heard;
  expect(await heard()).toBe('relay-full');
  // Whoever is refused may go on, and enters once there is room.
  first!.client.ask({ type: 'exit', place: 1 });
  await first!.client.hearsNothing();
  expect(await heard()).toBe('entered');
  expect(await heard()).toBe('relay-full');
  first!.client.ask({ type: 'enter', place: 2, room: roomOf(1), card: '' });
  expect((await first!.client.next('refused')).code).toBe('relay-full');
  second!.client.relay.socket.terminate();
  while ((await heard()) !== 'entered');
  expect(third!.heard).toBe('entered');
});

it('an IPv6 site has as many places as it may have, whatever its addresses, and another site has its own', async () => {
  const relay = await relayWith({ trustProxy: ['127.0.0.1'], maxPlacesPerSite: 3, maxPlacesPerAddress: 2 });
  const heard = async (address: string, n: number) => (await entering(relay, address, roomOf(n))).heard;
  expect(await heard('2001:db8:1:1::1', 1)).toBe('entered');
  expect(await heard('2001:db8:1:1::2', 2)).toBe('entered');
  // One /64 is one address.
  expect(await heard('2001:db8:1:1::3', 3)).toBe('rate-limited');
  expect(await heard('2001:db8:1:2::1', 4)).toBe('entered');
  expect(await heard('2001:db8:1:3::1', 5)).toBe('rate-limited');
  expect(await heard('2001:db8:2:3::1', 6)).toBe('entered');
});

it.each([
  ['messages', { roomMessagesPerMinutePerSite: 60 }, 1],
  ['bytes', { roomBytesPerMinutePerSite: 65_536 * 4 }, 40_000],
])(
  'an IPv6 site is held to its rate of %s, whatever its addresses, and nobody else is',
  async (_what, rates, size) => {
    const clock = new FakeClock();
    const relay = await relayWith({ trustProxy: ['127.0.0.1'], ...rates }, clock);
    const inside = async (address: string) => (await entering(relay, address, ROOM)).client;
    const [hearer, other] = [await inside('192.0.2.1'), await inside('192.0.2.2')];
    await hearer.next('joined');
    let closed = 0;
    // Each address says little; together they say too much.
    for (let n = 1; closed === 0 && n < 40; n += 1) {
      const client = await RoomClient.connect(relay, from(`2001:db8:1:${n}::1`));
      const first = await client.hello().relay.next();
      if ('text' in first && JSON.parse(first.text).code === 'rate-limited') closed += 1;
      else {
        await client.enter(1, '');
        for (const each of [hearer, other]) await each.next('joined');
        client.say(1, 0, 'x'.repeat(size));
        for (const each of [hearer, other]) expect((await each.nextMessage())[2]).toHaveLength(size);
        client.relay.socket.terminate();
        for (const each of [hearer, other]) await each.next('left');
      }
    }
    expect(closed).toBe(1);
    const elsewhere = await RoomClient.welcomed(relay, from('2001:db8:2:1::1'));
    await elsewhere.enter(1, cardOf('x'));
    for (const each of [hearer, other]) await each.next('joined');
    other.say(1, 0, 'still heard');
    expect((await hearer.nextMessage())[2]).toBe('still heard');
    clock.advance(60_000);
    await RoomClient.welcomed(relay, from('2001:db8:1:1::1'));
  },
);
