// The STUN server of a running relay: real datagrams of both families, and the ends that are told of it.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type RunningRelay, startRelay } from '../../src/index.ts';
import { MAX_AGE_MS } from '../../src/metrics/render-once.ts';
import { FakeClock } from '../fake-clock.ts';
import { adminOf, scrape } from '../metrics/scrape.ts';
import { opaqueKey } from '../relay-client.ts';
import { allocatedOn, clientOf, pairOf, relayWith } from '../running-relays.ts';
import { bindingRequest, mappedIn, messageOf, readAnswer, StunClient } from './stun-client.ts';

const clients: StunClient[] = [];

afterEach(() => {
  for (const { socket } of clients.splice(0)) socket.close();
});

function portOf({ stunPort }: RunningRelay): number {
  return stunPort!;
}

async function clientAt(relay: RunningRelay, address = '127.0.0.1', server = address): Promise<StunClient> {
  const client = await StunClient.at(address, server, portOf(relay));
  clients.push(client);
  return client;
}

describe('a STUN server', () => {
  it('is off unless it is asked for: no socket, and no word of it to the ends', async () => {
    const relay = await relayWith();
    expect(relay.stunPort).toBeNull();
    const sender = (await clientOf(relay)).hello('sender', opaqueKey('s'));
    (await clientOf(relay)).hello('receiver', opaqueKey('s'));
    expect(await sender.nextJson()).toEqual({ type: 'ready', features: [] });
  });

  it('tells each caller its address, by IPv4 and by IPv6, at one port', async () => {
    const relay = await relayWith({ stunPort: 0 });
    for (const [address, hex] of [
      ['127.0.0.1', '7f000001'],
      ['127.9.8.7', '7f090807'],
      ['::1', `${'0'.repeat(31)}1`],
    ] as const) {
      const client = await clientAt(relay, address, address.includes(':') ? address : '127.0.0.1');
      await client.send(bindingRequest());
      expect(mappedIn(readAnswer(await client.next()))).toBe(`${hex} ${client.port}`);
    }
  });

  it('listens where it is told, and not elsewhere', async () => {
    const relay = await relayWith({ stunPort: 0, stunHost: ['127.0.0.2', '::1'] });
    const port = portOf(relay);
    for (const address of ['127.0.0.2', '::1']) {
      const client = await clientAt(relay, address);
      await client.send(bindingRequest());
      await client.next();
    }
    const elsewhere = createSocket('udp4');
    elsewhere.bind(port, '127.0.0.1');
    await once(elsewhere, 'listening');
    elsewhere.close();
  });

  it('is told to both ends when they are paired, under a nameplate and under a key', async () => {
    const relay = await relayWith({ stunPort: 0 });
    const stunPort = portOf(relay);
    const { sender, nameplate } = await allocatedOn(relay);
    const receiver = (await clientOf(relay)).hello('receiver', nameplate);
    const ready = { type: 'ready', features: [], stunPort };
    for (const end of [sender, receiver]) expect(await end.nextJson()).toEqual(ready);
    const lane = (await clientOf(relay)).hello('sender', opaqueKey('s'));
    (await clientOf(relay)).hello('receiver', opaqueKey('s'));
    expect(await lane.nextJson()).toEqual(ready);
  });

  it('is kept from clients of version 2, which hear what they always heard', async () => {
    const relay = await relayWith({ stunPort: 0 });
    const old = await clientOf(relay);
    old.socket.send(JSON.stringify({ type: 'hello', version: 2, role: 'sender', key: opaqueKey('o') }));
    (await clientOf(relay)).hello('receiver', opaqueKey('o'));
    expect(await old.nextJson()).toEqual({ type: 'ready' });
  });

  it('counts each datagram once, by what became of it, and writes no line of any', async () => {
    const clock = new FakeClock();
    const settings = { adminListen: ['127.0.0.1:0'], stunPort: 0, stunPerMinutePerAddress: 2 };
    const relay = await relayWith({ ...settings, block: ['127.0.0.66'] }, clock);
    const write = vi.spyOn(process.stderr, 'write');
    const caller = await clientAt(relay);
    for (const sent of [
      bindingRequest(),
      messageOf('0101'),
      Buffer.alloc(0),
      bindingRequest(),
      bindingRequest(),
    ])
      await caller.send(sent);
    await (await clientAt(relay, '127.0.0.66', '127.0.0.1')).send(bindingRequest());
    // Answered, so all before it were read.
    const last = await clientAt(relay, '127.0.0.3', '127.0.0.1');
    await last.send(bindingRequest());
    await last.next();
    clock.advance(MAX_AGE_MS);
    const figures = await scrape(adminOf(relay));
    const outcomes = [...figures].filter(([name]) => name.includes('_stun_'));
    expect(Object.fromEntries(outcomes)).toEqual({
      'p2p_copy_relay_stun_datagrams_total{outcome="answered"}': 3,
      'p2p_copy_relay_stun_datagrams_total{outcome="not-sent"}': 0,
      'p2p_copy_relay_stun_datagrams_total{outcome="no-request"}': 2,
      'p2p_copy_relay_stun_datagrams_total{outcome="blocked"}': 1,
      'p2p_copy_relay_stun_datagrams_total{outcome="rate-limited"}': 1,
    });
    expect(write).not.toHaveBeenCalled();
    write.mockRestore();
    expect(caller.heard.length).toBe(2);
  });

  it('is shut at once when the relay stops, while pairs may go on, so that a successor can have its port', async () => {
    const relay = await relayWith({ stunPort: 0 });
    await pairOf(relay);
    const stopped = relay.close(60_000);
    const successor = await startRelay({
      ...{ host: '127.0.0.1', port: 0, logLevel: 'silent' },
      stunPort: portOf(relay),
    });
    await Promise.all([relay.close(), stopped, successor.close()]);
  });

  it('whose port is taken keeps the relay from starting, with where and what to do, and leaves nothing open', async () => {
    const other = createSocket('udp4');
    other.bind(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address();
    const settings = { stunPort: port, stunHost: ['127.0.0.2', '127.0.0.1'] };
    await expect(relayWith(settings)).rejects.toMatchObject({
      code: 'EADDRINUSE',
      message: expect.stringContaining(
        `Can't listen on 127.0.0.1:${port} (UDP): another program already uses this port`,
      ),
    });
    other.close();
    await once(other, 'close');
    await relayWith(settings);
  });

  it('whose relay can’t listen is closed again', async () => {
    const first = await relayWith();
    const probe = createSocket('udp4');
    probe.bind(0, '127.0.0.1');
    await once(probe, 'listening');
    const { port } = probe.address();
    probe.close();
    await once(probe, 'close');
    await expect(relayWith({ port: first.port, stunPort: port })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
    await relayWith({ stunPort: port });
  });

  it('that is changed waits for the next start, its rates don’t', async () => {
    const relay = await relayWith({ stunPort: 0 });
    const here = { host: '127.0.0.1', port: 0, logLevel: 'silent' as const };
    expect(relay.reload({ ...here, stunPort: 5000, stunHost: ['::1'], stunPerMinutePerAddress: 1 })).toEqual({
      changed: ['stunPerMinutePerAddress'],
      needRestart: ['stunPort', 'stunHost'],
    });
    const client = await clientAt(relay);
    for (const each of [1, 2, 3]) await client.send(bindingRequest(`80220004${'00'.repeat(3)}0${each}`));
    const other = await clientAt(relay, '127.0.0.3', '127.0.0.1');
    await other.send(bindingRequest());
    await other.next();
    await vi.waitFor(() => expect(client.heard.length).toBe(1));
  });
});

it('a flood of datagrams doesn’t keep a pair’s messages from passing', async () => {
  const relay = await relayWith({ stunPort: 0 });
  const { sender, receiver } = await pairOf(relay);
  const flood = [bindingRequest(), messageOf('0011'), Buffer.alloc(548), Buffer.alloc(60_000)];
  const callers = await Promise.all(
    ['127.0.1.1', '127.0.1.2', '127.0.1.3'].map((address) => clientAt(relay, address, '127.0.0.1')),
  );
  let sent = 0;
  for (let message = 0; message < 50; message += 1) {
    for (let each = 0; each < 100; each += 1) {
      for (const { socket } of callers) socket.send(flood[each % flood.length]!, portOf(relay), '127.0.0.1');
      sent += callers.length;
    }
    sender.socket.send(Buffer.from([message]));
    expect([...(await receiver.nextBytes())]).toEqual([message]);
  }
  expect(sent).toBe(15_000);
  const after = await clientAt(relay);
  // What the system's queue had no room for is lost, as a flood has it.
  await vi.waitFor(async () => {
    await after.send(bindingRequest());
    expect(after.heard.length).toBeGreaterThan(0);
  });
});
