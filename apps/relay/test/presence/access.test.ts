// Rooms of a relay that restricts who may send, and that blocks networks. docs/PROTOCOL.md section 19.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { writeTokenFile } from '../../src/access/token-file.ts';
import { makeToken } from '../../src/access/token-row.ts';
import { FakeClock } from '../fake-clock.ts';
import { relayWith } from '../running-relays.ts';
import { RoomClient } from './room-client.ts';

async function restricted(bytesPerDay: number | null = null) {
  const folder = mkdtempSync(join(tmpdir(), 'p2p-copy-rooms-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const { row, token } = makeToken(
    { name: 'lab', expiresMs: null, bytesPerDay, bytesPerSecond: null },
    Date.now(),
  );
  const expired = makeToken({ name: 'old', expiresMs: 1, bytesPerDay, bytesPerSecond: null }, Date.now());
  const tokenFile = join(folder, 'tokens.json');
  await writeTokenFile(tokenFile, [row, expired.row]);
  const relay = await relayWith(
    { access: 'token', tokenFile, failedTokensPerMinutePerAddress: 2 },
    new FakeClock(),
  );
  return { relay, token, expired: expired.token };
}

it('each who comes to rooms shows a token, and wrong ones are tried a few times only', async () => {
  const { relay, token, expired } = await restricted();
  const closeOf = async (shown: string | null) => (await RoomClient.connect(relay)).hello(shown).nextClose();
  expect(await closeOf(null)).toBe(4401);
  expect(await closeOf(expired)).toBe(4427);
  expect(await closeOf(`${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`)).toBe(4403);
  // Two were wrong: no token is looked at any more.
  expect(await closeOf(token)).toBe(4429);
  const elsewhere = await RoomClient.connect(relay, { localAddress: '127.0.0.2' });
  await elsewhere.hello(token).next('welcome');
});

it('what is written in rooms counts for the day of a token, and its end is told', async () => {
  const { relay, token } = await restricted(100_000);
  const [one, two] = [await RoomClient.connect(relay), await RoomClient.connect(relay)];
  for (const client of [one, two]) {
    await client.hello(token).next('welcome');
    await client.enter(1, 'x');
  }
  await one.next('joined');
  one.say(1, 0, 'x'.repeat(60_000));
  expect((await two.nextMessage())[2]).toHaveLength(60_000);
  expect(await one.nextClose()).toBe(4402);
  expect(await (await RoomClient.connect(relay)).hello(token).nextClose()).toBe(4402);
});

it('members of a network that is blocked meanwhile are cut off, and newcomers of it never get in', async () => {
  const relay = await relayWith();
  const stays = await RoomClient.inRoom(relay, 'stays');
  const goes = await RoomClient.inRoom(relay, 'goes', undefined, { localAddress: '127.0.0.9' });
  await stays.client.next('joined');
  relay.reload({ logLevel: 'silent', host: '127.0.0.1', port: 0, block: ['127.0.0.9'] });
  expect(await stays.client.next('left')).toMatchObject({ number: goes.number });
  expect(await goes.client.nextClose()).toBe(1006);
  await expect(RoomClient.connect(relay, { localAddress: '127.0.0.9' })).rejects.toThrow();
});

it('connections to rooms and to pairing count together for their address', async () => {
  const relay = await relayWith({ maxConnectionsPerAddress: 2 });
  await RoomClient.inRoom(relay, 'one');
  await RoomClient.inRoom(relay, 'two');
  expect(await (await RoomClient.connect(relay)).nextClose()).toBe(4429);
});
