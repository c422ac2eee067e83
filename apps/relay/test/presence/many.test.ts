// A thousand devices in two hundred rooms of one relay: who hears what, counted. What it costs is measured by
// `npm run bench -- --rooms`.
import { expect, it } from 'vitest';
import { relayWith } from '../running-relays.ts';
import { cardOf, RoomClient } from './room-client.ts';

const ROOMS = 200;
const MEMBERS = 5;
const AT_ONCE = 50;

it('1,000 devices in 200 rooms each hear of the four others, and their messages, and of nothing else', async () => {
  const relay = await relayWith({ adminListen: ['127.0.0.1:0'] });
  const status = async () => (await fetch(`${relay.adminAddresses[0]}/status`)).json();
  const devices: { client: RoomClient; room: number; heard: Set<string>; messages: string[] }[] = [];
  for (let first = 0; first < ROOMS * MEMBERS; first += AT_ONCE) {
    const opening = Array.from({ length: AT_ONCE }, async (_, i) => {
      const index = first + i;
      const room = index % ROOMS;
      const client = await RoomClient.welcomed(relay, { localAddress: `127.0.1.${1 + (index % 4)}` });
      const { members } = await client.enter(1, `d${index}`, String(room).padStart(43, 'r'));
      const heard = new Set(members.map(({ card }) => card));
      return { client, room, heard, messages: [] as string[] };
    });
    devices.push(...(await Promise.all(opening)));
  }
  for (const { client, heard } of devices) {
    while (heard.size < MEMBERS - 1) heard.add((await client.next('joined')).card);
  }
  devices.forEach(({ room, heard }, index) => {
    const others = Array.from({ length: MEMBERS }, (_, turn) => room + turn * ROOMS).filter(
      (at) => at !== index,
    );
    expect([...heard].sort()).toEqual(others.map((at) => cardOf(`d${at}`)).sort());
  });
  expect(await status()).toMatchObject({ rooms: { connections: 1_000, rooms: ROOMS, places: 1_000 } });

  for (const [index, { client }] of devices.entries()) client.say(1, 0, `from d${index}`);
  for (const { client, messages } of devices) {
    for (let i = 0; i < MEMBERS - 1; i += 1) messages.push((await client.nextMessage())[2]);
    await client.hearsNothing();
  }
  devices.forEach(({ room, messages }, index) => {
    const others = Array.from({ length: MEMBERS }, (_, turn) => room + turn * ROOMS).filter(
      (at) => at !== index,
    );
    expect(messages.sort()).toEqual(others.map((at) => `from d${at}`).sort());
  });
  expect(await status()).toMatchObject({ refusals: {}, faults: 0 });
});
