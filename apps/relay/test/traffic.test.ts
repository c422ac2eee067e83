// The limits on what passes, over real sockets: the pace, what both ends hear when a pair is ended, and what goes on while
// nothing is read.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CLOSE_CODES } from '@p2p-copy/core/relay-protocol';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CLASSIC_CLOSE_CODES } from '../src/endings/classic-codes.ts';
import type { RunningRelay } from '../src/index.ts';
import { FRAME_BYTES } from '../src/rates/pair-limiter.ts';
import { FakeClock } from './fake-clock.ts';
import { frame, helloFrame, rawClient, rawWebSocket, untilClosed } from './raw-client.ts';
import { opaqueKey, type RelayClient } from './relay-client.ts';
import { classicPairOf, clientOf, healthOf, pairOf, relayWith, untilPairs } from './running-relays.ts';

const MB = 1_000_000;
const from = (address: string) => ({ headers: { 'x-forwarded-for': address } });
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** What a client is closed with, whatever came before. */
async function closeOf(client: RelayClient): Promise<[number, string]> {
  for (;;) {
    const heard = await client.next();
    if ('closed' in heard) return [heard.closed, heard.reason];
  }
}

const closeNamed = (name: keyof typeof CLOSE_CODES) => [CLOSE_CODES[name].code, CLOSE_CODES[name].reason];

/** Bytes of messages that have come so far. */
function counted({ socket }: RelayClient): () => number {
  let bytes = 0;
  socket.on('message', (message: Buffer) => {
    bytes += message.length;
  });
  return () => bytes;
}

describe('the pace', () => {
  it('is what the settings allow, over all that a sender has at hand', async () => {
    const relay = await relayWith({ bytesPerSecondPerPair: 4 * MB });
    const { sender, receiver } = await pairOf(relay);
    const startMs = performance.now();
    const message = Buffer.alloc(256 * 1024);
    const bytes = 32 * message.length;
    const arrived = counted(receiver);
    for (let sent = 0; sent < bytes; sent += message.length) sender.socket.send(message);
    while (arrived() < bytes) await receiver.next();
    const rate = (bytes * 1000) / (performance.now() - startMs);
    expect(rate).toBeLessThan(4 * MB * 1.05);
    expect(rate).toBeGreaterThan(4 * MB * 0.8);
  }, 30_000);

  it('holds back the sender, and not the bytes', async () => {
    const clock = new FakeClock();
    const relay = await relayWith({ bytesPerSecondPerPair: 65_536 }, clock);
    const { sender, receiver } = await pairOf(relay);
    const total = 32;
    for (let i = 0; i < total; i++) sender.socket.send(Buffer.alloc(2 ** 20, i));
    for (let same = 0, last = -1; same < 500; same = sender.socket.bufferedAmount === last ? same + 1 : 0) {
      last = sender.socket.bufferedAmount;
      await turn();
    }
    // The rest is in the systems' buffers; measured exactly in bounded-memory.test.ts.
    expect(sender.socket.bufferedAmount).toBeGreaterThan((total * 2 ** 20) / 2);
    const hurry = setInterval(() => clock.advance(250), 0);
    for (let i = 0; i < total; i++) {
      const message = await receiver.nextBytes();
      expect([message.length, message[0], message.at(-1)]).toEqual([2 ** 20, i, i]);
    }
    clearInterval(hurry);
  }, 30_000);

  it('is that of an address, over all its pairs, and leaves other addresses theirs', async () => {
    const clock = new FakeClock();
    const relay = await relayWith({ bytesPerSecondPerAddress: MB, trustProxy: ['127.0.0.1'] }, clock);
    const pairs = await Promise.all(
      ['192.0.2.1', '192.0.2.1', '192.0.2.2'].map(async (address, i) => {
        const sender = (await clientOf(relay, '/ws', from(address))).hello('sender', opaqueKey(`${i}`));
        const guest = from(`198.51.100.${i}`);
        const receiver = (await clientOf(relay, '/ws', guest)).hello('receiver', opaqueKey(`${i}`));
        await Promise.all([sender.nextJson(), receiver.nextJson()]);
        const arrived = counted(receiver);
        // In small messages, since one counts when it is whole.
        for (let sent = 0; sent < 2 * MB; sent += 1_000 - FRAME_BYTES - 8) {
          sender.socket.send(Buffer.alloc(1_000 - FRAME_BYTES - 8));
        }
        return arrived;
      }),
    );
    for (let ms = 0; ms < 1_000; ms += 10) {
      for (let turns = 0; turns < 20; turns++) await turn();
      clock.advance(10);
    }
    for (let turns = 0; turns < 200; turns++) await turn();
    const [one, other, lone] = pairs.map((arrived) => arrived()) as [number, number, number];
    expect(Math.abs(one - other)).toBeLessThanOrEqual(50_000);
    expect(one + other).toBeLessThanOrEqual(MB);
    expect(one + other).toBeGreaterThan(0.85 * MB);
    expect(lone).toBeGreaterThan(0.85 * MB);
  });
});

describe('at one byte a second', () => {
  const slow = { bytesPerSecondPerPair: 1 };

  async function heldPair(settings = {}) {
    const clock = new FakeClock();
    const relay = await relayWith({ ...slow, ...settings }, clock);
    const pair = await pairOf(relay);
    for (const { socket } of [pair.sender, pair.receiver]) socket.send(Buffer.alloc(100_000));
    for (let turns = 0; turns < 50; turns++) await turn();
    return { relay, clock, ...pair };
  }

  it('both ends are pinged, and neither is taken for dead', async () => {
    const { relay, clock, sender, receiver } = await heldPair();
    let pings = 0;
    for (const { socket } of [sender, receiver]) socket.on('ping', () => (pings += 1));
    for (let i = 0; i < 10; i++) {
      clock.advance(25_000);
      while (pings < 2 * (i + 1)) await turn();
    }
    await untilPairs(relay, 1);
  });

  it('bytes pass, one by one', async () => {
    const { clock, receiver } = await heldPair({ pingIntervalMs: 600_000 });
    let heard = 0;
    const { _socket: socket } = receiver.socket as unknown as { _socket: NodeJS.EventEmitter };
    socket.on('data', (bytes: Buffer) => (heard += bytes.length));
    // Each of the two headers is paid for first.
    const headersMs = 2 * FRAME_BYTES * 1_000;
    for (let ms = 0; ms < headersMs + 20_000; ms += 500) {
      clock.advance(500);
      for (let turns = 0; turns < 10; turns++) await turn();
    }
    // Both directions share them. Each is a fragment with a header of 2 bytes.
    expect(heard / 3).toBeGreaterThanOrEqual(9);
    expect(heard / 3).toBeLessThanOrEqual(10);
  });

  it('an end that breaks off is found out by pings, though nothing of it is read', async () => {
    const { relay, clock, sender, receiver } = await heldPair();
    receiver.socket.terminate();
    for (let closed = false; !closed; ) {
      clock.advance(25_000);
      await turn();
      closed = receiver.socket.readyState === 3 && (await healthOf(relay)).pairs === 0;
    }
    expect(await closeOf(sender)).toEqual(closeNamed('peer-left'));
  });

  it('an end hears at once that the other closes, while its own bytes wait to be read', async () => {
    const relay = await relayWith(slow, new FakeClock());
    const { sender, receiver } = await pairOf(relay);
    sender.socket.send(Buffer.alloc(100_000));
    for (let turns = 0; turns < 50; turns++) await turn();
    receiver.socket.close();
    expect(await closeOf(sender)).toEqual(closeNamed('peer-left'));
    await untilPairs(relay, 0);
  });

  it('a relay that shuts down closes both, and waits for neither', async () => {
    const { relay, sender, receiver } = await heldPair();
    const closing = relay.close();
    expect((await Promise.all([sender, receiver].map(closeOf))).map(([code]) => code)).toEqual([1001, 1001]);
    await closing;
  });
});

describe('a pair at its limit', () => {
  const KEY = opaqueKey('k');

  it('is ended with all that may pass delivered, and both ends hear why', async () => {
    const relay = await relayWith({ bytesPerTransfer: MB });
    const { sender, receiver } = await pairOf(relay, KEY);
    const whole = Buffer.alloc(100_000 - FRAME_BYTES);
    const arrived = counted(receiver);
    for (let i = 0; i < 11; i++) sender.socket.send(whole);
    expect(await Promise.all([sender, receiver].map(closeOf))).toEqual([
      closeNamed('transfer-limit'),
      closeNamed('transfer-limit'),
    ]);
    expect(arrived()).toBe(10 * whole.length);
    await untilPairs(relay, 0);
  });

  it('isn’t begun anew under its key: each end is told so at once, and how long to wait', async () => {
    const clock = new FakeClock();
    const relay = await relayWith({ bytesPerTransfer: 1_000 }, clock);
    const { sender } = await pairOf(relay, KEY);
    sender.socket.send(Buffer.alloc(2_000));
    await closeOf(sender);
    for (const role of ['sender', 'receiver'] as const) {
      const client = (await clientOf(relay)).hello(role, KEY);
      const { message: _message, ...error } = await client.nextJson();
      expect(error).toEqual({ type: 'error', code: 'transfer-limit', retryAfterMs: 3_600_000 });
      expect(await client.nextClose()).toBe(4413);
    }
    await pairOf(relay, opaqueKey('l'));
    clock.advance(86_400_000);
    await pairOf(relay, KEY);
  });

  it('says nothing but why where the operator wants no details told', async () => {
    const relay = await relayWith({ bytesPerTransfer: 1_000, terseErrors: true });
    const { sender } = await pairOf(relay, KEY);
    sender.socket.send(Buffer.alloc(2_000));
    await closeOf(sender);
    const refused = await (await clientOf(relay)).hello('sender', KEY).nextJson();
    expect(refused).toEqual({
      type: 'error',
      code: 'transfer-limit',
      message: CLOSE_CODES['transfer-limit'].reason,
    });
  });

  it.each([
    ['time-limit', { maxPairAgeMs: 60_000 }],
    ['idle-limit', { maxPairIdleMs: 60_000 }],
  ] as const)('of time is ended, and both ends hear why: %s', async (name, settings) => {
    const clock = new FakeClock();
    const relay = await relayWith(settings, clock);
    const { sender, receiver } = await pairOf(relay);
    clock.advance(59_999);
    await untilPairs(relay, 1);
    clock.advance(1);
    expect(await Promise.all([sender, receiver].map(closeOf))).toEqual([closeNamed(name), closeNamed(name)]);
  });

  it('is ended in the words of the older format, where it speaks that', async () => {
    const relay = await relayWith({ bytesPerTransfer: 1_000 });
    const { sender, receiver } = await classicPairOf(relay);
    sender.socket.send(Buffer.alloc(2_000));
    const { code, reason } = CLASSIC_CLOSE_CODES['classic-transfer-limit'];
    expect(await Promise.all([sender, receiver].map(closeOf))).toEqual([
      [code, reason],
      [code, reason],
    ]);
  });

  it('frees its sender’s number like any other pair', async () => {
    const relay = await relayWith({ bytesPerTransfer: 1_000 });
    const sender = (await clientOf(relay)).allocate('4711');
    const { token } = await sender.nextJson();
    const receiver = (await clientOf(relay)).hello('receiver', '4711');
    await Promise.all([sender.nextJson(), receiver.nextJson()]);
    receiver.socket.send(Buffer.alloc(2_000));
    await closeOf(sender);
    const back = (await clientOf(relay)).hello('sender', '4711', token);
    await (await clientOf(relay)).hello('receiver', '4711').nextJson();
    expect(await back.nextJson()).toMatchObject({ type: 'ready' });
  });
});

describe('who is blocked', () => {
  it('is cut off before TLS or HTTP, a thousand times, and others go on', async () => {
    const relay = await relayWith({ block: ['127.9.0.0/16'] });
    const { sender, receiver } = await pairOf(relay);
    for (let i = 0; i < 20; i++) {
      const flood = Array.from({ length: 50 }, async (_, j) => {
        const socket = connect({ port: relay.port, host: '127.0.0.1', localAddress: `127.9.${i}.${1 + j}` });
        socket.on('error', () => {});
        let heard = 0;
        socket.on('data', ({ length }) => (heard += length));
        socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
        await new Promise((resolve) => socket.once('close', resolve));
        return heard;
      });
      expect(await Promise.all(flood)).toEqual(Array.from({ length: 50 }, () => 0));
    }
    sender.socket.send(Buffer.from('on'));
    expect(String(await receiver.nextBytes())).toBe('on');
  });

  it('is refused by HTTP where a proxy asks for them, pages and WebSockets alike', async () => {
    const relay = await relayWith({ block: ['203.0.113.0/24', '127.0.0.1'], trustProxy: ['127.0.0.1'] });
    const page = await fetch(`${relay.url}/healthz`, from('203.0.113.9'));
    expect([page.status, await page.text()]).toEqual([
      403,
      'The operator of this relay blocks your network.\n',
    ]);
    expect(page.headers.get('p2p-copy-refusal')).toBe('network-blocked');
    await expect(clientOf(relay, '/ws', from('203.0.113.9'))).rejects.toThrow('403');
    expect((await fetch(`${relay.url}/healthz`, from('203.0.114.9'))).status).toBe(200);
  });

  it('is cut off in the middle, when the settings or the file come to name them', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'p2p-copy-block-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const blockFile = path.join(folder, 'block');
    await writeFile(blockFile, '192.0.2.1\n');
    const clock = new FakeClock();
    const relay = await relayWith({ blockFile }, clock);
    const guestFrom = async (address: string, key: string) => {
      const host = (await clientOf(relay)).hello('sender', opaqueKey(key));
      const guest = await rawWebSocket({ port: relay.port, from: address });
      guest.write(helloFrame('receiver', opaqueKey(key)));
      await host.nextJson();
      return { host, guest };
    };
    const [one, other] = [await guestFrom('127.9.0.1', 'a'), await guestFrom('127.9.0.2', 'b')];
    await writeFile(blockFile, '127.9.0.1\n');
    clock.advance(5_000);
    await untilClosed(one.guest);
    expect(await closeOf(one.host)).toEqual(closeNamed('peer-left'));
    other.guest.write(frame(2, 'on'));
    expect(String(await other.host.nextBytes())).toBe('on');
    reload(relay, { blockFile, block: ['127.9.0.2'] });
    await untilClosed(other.guest);
    expect(await closeOf(other.host)).toEqual(closeNamed('peer-left'));
    const late = await rawClient({ port: relay.port, from: '127.9.0.2' });
    await untilClosed(late);
  });

  it('keeps a relay from starting when the file can’t be used', async () => {
    await expect(relayWith({ blockFile: '/nowhere/block' })).rejects.toThrow(
      "The block file /nowhere/block can't be used: there is no such file.",
    );
  });

  function reload(relay: RunningRelay, settings: Parameters<RunningRelay['reload']>[0]) {
    relay.reload({ host: '127.0.0.1', port: 0, logLevel: 'silent', ...settings });
  }
});
