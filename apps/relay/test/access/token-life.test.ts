// A relay with restricted access, over real sockets, with its file of tokens changing below it.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AccessProof } from '@p2p-copy/core/relay-protocol';
import { expect, it, onTestFinished } from 'vitest';
import { writeTokenFile } from '../../src/access/token-file.ts';
import { makeToken } from '../../src/access/token-row.ts';
import { LOOK_INTERVAL_MS } from '../../src/foundation/follow.ts';
import { FakeClock } from '../fake-clock.ts';
import { opaqueKey } from '../relay-client.ts';
import { clientOf, relayWith, untilWaiting } from '../running-relays.ts';

function made(name: string, expiresMs: number | null = null) {
  return makeToken({ name, expiresMs, bytesPerDay: null, bytesPerSecond: null }, Date.now());
}

async function restricted(rows = [made('lab')]) {
  const folder = mkdtempSync(join(tmpdir(), 'p2p-copy-access-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const tokenFile = join(folder, 'tokens.json');
  await writeTokenFile(
    tokenFile,
    rows.map(({ row }) => row),
  );
  const clock = new FakeClock();
  const relay = await relayWith({ access: 'token', tokenFile }, clock);
  const showing = async (proof: Partial<AccessProof> = {}, path = '/ws') =>
    Object.assign(await clientOf(relay, path), { proof: { accessToken: null, pass: null, ...proof } });
  return { relay, tokenFile, clock, showing, token: rows[0]?.token ?? '' };
}

it('two who have no token can’t meet, by no kind of key and in no order', async () => {
  const { relay, showing } = await restricted();
  const key = opaqueKey('k');
  expect(await (await showing()).allocate().nextClose()).toBe(4401);
  expect(await (await showing()).draw('47').nextClose()).toBe(4401);
  expect(await (await showing({ accessToken: 'x' })).allocate('47').nextClose()).toBe(4403);
  expect(await (await showing()).hello('sender', '47', 'A'.repeat(22)).nextClose()).toBe(4401);
  const waiting = (await showing()).hello('receiver', key);
  await untilWaiting(relay, 1);
  expect(await (await showing()).hello('sender', key).nextClose()).toBe(4401);
  expect(await (await showing({ pass: 'A'.repeat(100) })).hello('sender', key).nextClose()).toBe(4401);
  // Two of one role replace each other, and are never a pair.
  (await showing()).hello('receiver', key);
  expect(await waiting.nextClose()).toBe(4411);
  for (const role of ['sender', 'receiver'] as const) {
    expect(await (await showing({}, '/')).classicHello(role, 'c0de').nextClose()).toBe(1008);
  }
});

it('a guest joins without a token, and only the sender gets a pass', async () => {
  const { showing, token } = await restricted();
  const sender = (await showing({ accessToken: token })).allocate();
  const { nameplate } = await sender.nextJson();
  const receiver = (await showing()).hello('receiver', nameplate!);
  expect(await receiver.nextJson()).toEqual({ type: 'ready', features: [] });
  const { pass } = await sender.nextJson();
  expect(pass).toMatch(/^[A-Za-z0-9_-]{50,}$/);
  expect(pass).not.toContain(token.slice(19));
});

it('a pair goes on when its token is revoked, and its sender comes back to it; a new one is refused', async () => {
  const { relay, tokenFile, showing, token } = await restricted();
  const sender = (await showing({ accessToken: token })).allocate();
  const { nameplate, token: owner } = await sender.nextJson();
  const receiver = (await showing()).hello('receiver', nameplate!);
  await receiver.nextJson();
  const { pass } = await sender.nextJson();
  await writeTokenFile(tokenFile, []);
  await relay.readTokens();

  sender.socket.send(Buffer.from('sealed'));
  expect((await receiver.nextBytes()).toString()).toBe('sealed');
  const lane = (await showing({ accessToken: token, pass: pass! })).hello('sender', opaqueKey('l'));
  const other = (await showing()).hello('receiver', opaqueKey('l'));
  expect(await other.nextJson()).toMatchObject({ type: 'ready' });
  expect(await lane.nextJson()).toEqual({ type: 'ready', features: [] });
  expect(await (await showing({ accessToken: token, pass: pass! })).allocate().nextClose()).toBe(4403);
  const again = await showing({ accessToken: token, pass: pass! });
  expect(await again.hello('sender', nameplate!, owner).nextClose()).toBe(4403);
});

it('a file that changes is read within seconds; one that others may read is not, and one that is gone revokes all', async () => {
  const { tokenFile, clock, showing, token } = await restricted();
  const next = made('next');
  const asks = async (accessToken: string) =>
    (await (await showing({ accessToken })).allocate().next()) as { text: string };
  const until = async (accessToken: string, expected: string) => {
    for (;;) {
      clock.advance(LOOK_INTERVAL_MS);
      const { text } = await asks(accessToken);
      if (text.includes(expected)) return;
    }
  };
  await writeTokenFile(tokenFile, [next.row]);
  chmodSync(tokenFile, 0o644);
  for (let look = 0; look < 3; look++) {
    clock.advance(LOOK_INTERVAL_MS);
    expect((await asks(token)).text).toContain('allocated');
  }
  chmodSync(tokenFile, 0o600);
  await until(next.token, 'allocated');
  expect((await asks(token)).text).toContain('token-refused');
  rmSync(tokenFile);
  await until(next.token, 'token-refused');
});

it('doesn’t begin without a file, or with one that others may read, and says what to do', async () => {
  const { tokenFile } = await restricted();
  const start = (file: string | null) => relayWith({ access: 'token', tokenFile: file });
  await expect(start(null)).rejects.toThrow(/no file of tokens.*Give a token file/);
  await expect(start(`${tokenFile}.not`)).rejects.toThrow(/p2p-copy relay token add --name NAME/);
  chmodSync(tokenFile, 0o644);
  await expect(start(tokenFile)).rejects.toThrow(`Run: chmod 600 ${tokenFile}`);
});

it('an open relay ignores tokens and passes, as relays before this did', async () => {
  const relay = await relayWith();
  const client = Object.assign(await clientOf(relay), { proof: { accessToken: 'x', pass: 'y' } });
  expect(await client.allocate().nextJson()).toMatchObject({ type: 'allocated' });
});
