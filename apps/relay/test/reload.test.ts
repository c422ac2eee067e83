// What a running relay takes of other settings, and what it leaves for its next start.
import { connect } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { DEFAULT_RELAY_CONFIG, RELAY_SETTINGS, type RelayConfig, startRelay } from '../src/index.ts';
import { takeReloadable } from '../src/reload.ts';
import { FakeClock } from './fake-clock.ts';
import { allocatedOn, clientOf, pairOf, relayWith } from './running-relays.ts';

const HERE = { host: '127.0.0.1', port: 0, logLevel: 'silent' } as const;

describe('of each row', () => {
  it.each(Object.entries(RELAY_SETTINGS))('%s goes where its mark says', (name, row) => {
    const running = { ...DEFAULT_RELAY_CONFIG } as RelayConfig;
    const next = { ...running, [name]: ['another'] } as RelayConfig;
    const report = takeReloadable(running, next);
    expect(report).toEqual(
      row.isReloadable ? { changed: [name], needRestart: [] } : { changed: [], needRestart: [name] },
    );
    expect(running[name as keyof RelayConfig]).toEqual(row.isReloadable ? ['another'] : row.default);
  });
});

describe('a running relay', () => {
  it('takes lower and higher caps, and puts nobody out', async () => {
    const relay = await relayWith();
    const first = await allocatedOn(relay);
    const second = await allocatedOn(relay);
    expect(relay.reload({ ...HERE, maxWaiting: 2 })).toEqual({ changed: ['maxWaiting'], needRestart: [] });
    expect(await (await clientOf(relay)).allocate(null).nextClose()).toBe(4503);
    relay.reload({ ...HERE, maxWaiting: 1 });
    const receiver = (await clientOf(relay)).hello('receiver', first.nameplate);
    expect(await receiver.nextJson()).toMatchObject({ type: 'ready' });
    relay.reload(HERE);
    await allocatedOn(relay);
    expect(second.sender.socket.readyState).toBe(second.sender.socket.OPEN);
  });

  it('takes caps on connections, also those of the system', async () => {
    const relay = await relayWith();
    const kept = await clientOf(relay);
    relay.reload({ ...HERE, maxConnections: 1, maxPageConnections: 1 });
    expect(await (await clientOf(relay)).nextClose()).toBe(4503);
    const silent = [1, 2, 3].map(() => connect(relay.port, '127.0.0.1').resume());
    // One for pages beside the one that is kept.
    while (silent.filter((socket) => !socket.destroyed).length > 1) await turn();
    for (const socket of silent) socket.destroy();
    expect(kept.socket.readyState).toBe(kept.socket.OPEN);
  });

  it('takes rates, and forgets no attempt', async () => {
    const relay = await relayWith({}, new FakeClock());
    const tryKey = async () => (await clientOf(relay)).hello('receiver', '123454321').nextClose();
    for (let i = 0; i < 5; i++) expect(await tryKey()).toBe(4404);
    relay.reload({ ...HERE, failedJoinsPerMinutePerAddress: 5 });
    for (let i = 0; i < 5; i++) expect(await tryKey()).toBe(4404);
    expect(await tryKey()).toBe(4429);
  });

  it('takes timeouts for connections from then on, while a pair keeps its own', async () => {
    const clock = new FakeClock();
    const relay = await relayWith({ pingIntervalMs: 25_000 }, clock);
    const { sender } = await pairOf(relay);
    let pings = 0;
    sender.socket.on('ping', () => {
      pings += 1;
    });
    relay.reload({ ...HERE, pingIntervalMs: 1_000 });
    const fresh = await clientOf(relay);
    const pinged = new Promise((resolve) => fresh.socket.once('ping', resolve));
    fresh.hello('sender', 'A'.repeat(43));
    clock.advance(1_000);
    await pinged;
    expect(pings).toBe(0);
  });

  it('takes other proxies', async () => {
    const relay = await relayWith({ maxConnectionsPerAddress: 1 });
    const from = (address: string) => clientOf(relay, '/ws', { headers: { 'x-forwarded-for': address } });
    await from('192.0.2.1');
    expect(await (await from('192.0.2.2')).nextClose()).toBe(4429);
    relay.reload({ ...HERE, maxConnectionsPerAddress: 1, trustProxy: ['127.0.0.1'] });
    const other = await from('192.0.2.2');
    other.hello('sender', 'A'.repeat(43));
    expect(await (await from('192.0.2.2')).nextClose()).toBe(4429);
    expect(other.socket.readyState).toBe(other.socket.OPEN);
  });

  it('keeps all of its settings when one of the new is refused', async () => {
    const relay = await relayWith({ maxWaiting: 1 });
    await allocatedOn(relay);
    for (const wrong of [
      { maxWaiting: 0 },
      { maxWaiting: 9, certFile: 'a' },
      { maxWaiting: 9, nothing: 1 },
    ]) {
      expect(() => relay.reload(wrong as Partial<RelayConfig>)).toThrow(
        expect.objectContaining({ code: 'invalid-config' }),
      );
      expect(await (await clientOf(relay)).allocate(null).nextClose()).toBe(4503);
    }
  });
});

it('stops with nothing left open when one of several addresses can’t be had', async () => {
  const { port } = await relayWith();
  const before = process.getActiveResourcesInfo().filter((name) => name === 'TCPServerWrap').length;
  const failed = startRelay({ listen: ['127.0.0.1:0', `127.0.0.1:${port}`], adminListen: ['127.0.0.1:0'] });
  await expect(failed).rejects.toMatchObject({ code: 'EADDRINUSE' });
  const after = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPServerWrap').length;
  while (after() > before) await turn();
});
