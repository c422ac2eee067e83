// Whoever comes without a code, to overwhelm the relay or to shut others out: over real sockets.
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { HELLO_DEADLINE_MS, MAX_HELLO_BYTES } from '@p2p-copy/core/relay-protocol';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DEFAULT_RELAY_CONFIG, type RunningRelay } from '../src/index.ts';
import { FakeClock } from './fake-clock.ts';
import { closeCodeIn, frame, helloFrame, rawClient, rawWebSocket, untilClosed } from './raw-client.ts';
import { opaqueKey } from './relay-client.ts';
import {
  allocatedOn,
  clientOf,
  healthOf,
  pairOf,
  relayWith,
  untilPairs,
  untilWaiting,
} from './running-relays.ts';
import { certificateFolder, makeAuthority } from './tls/make-certificates.ts';

const from = (address: string) => ({ headers: { 'x-forwarded-for': address } });
const PROXIED = { trustProxy: ['127.0.0.1'] };
const ELSEWHERE = '127.0.0.2';

describe('a connection that isn’t paired can’t make the relay hold', () => {
  const half = 'x'.repeat(MAX_HELLO_BYTES / 2);

  it.each([
    ['a first message', '/ws', 4400],
    ['a classic first message', '/', 1002],
  ])('more than 4 KiB of %s, in whatever fragments', async (_name, path, code) => {
    const relay = await relayWith();
    for (const fragments of [
      [frame(1, `${half}${half}x`)],
      [frame(1, half, false), frame(0, half, false), frame(0, 'x', false)],
      [frame(2, half, false), frame(9, 'ping'), frame(0, half, false), frame(0, 'x', false)],
      [frame(1, 'x', false), ...new Array<Buffer>(MAX_HELLO_BYTES).fill(frame(0, 'x', false))],
    ]) {
      const socket = await rawWebSocket(relay, path);
      socket.write(Buffer.concat(fragments));
      // Its end isn't waited for: it never comes.
      const [heard] = await once(socket, 'data');
      expect(closeCodeIn(Buffer.concat([heard]))).toBe(code);
    }
  });

  it('more than 4 KiB while it waits', async () => {
    const relay = await relayWith();
    const socket = await rawWebSocket(relay);
    socket.write(helloFrame('sender', 'k'));
    await untilWaiting(relay, 1);
    socket.write(Buffer.concat([frame(1, half, false), frame(0, half, false), frame(0, 'x', false)]));
    const [heard] = await once(socket, 'data');
    expect(closeCodeIn(heard)).toBe(4400);
    await untilWaiting(relay, 0);
  });

  it('a text for the relay that is longer than any, once it is paired', async () => {
    const relay = await relayWith();
    const { sender, receiver } = await pairOf(relay);
    sender.socket.send(half, { fin: false });
    sender.socket.send(half, { fin: false });
    sender.socket.send('x', { fin: false });
    expect(await sender.nextClose()).toBe(4400);
    expect(await receiver.nextClose()).toBe(4410);
  });
});

describe('a message that a connection began before the relay closed it', () => {
  it('doesn’t end the relay when it goes on for too long', async () => {
    const relay = await relayWith();
    const [sender, receiver] = await Promise.all([rawWebSocket(relay), rawWebSocket(relay)]);
    sender.write(helloFrame('sender', 'k'));
    receiver.write(helloFrame('receiver', 'k'));
    await untilPairs(relay, 1);
    sender.write(frame(1, 'begun', false));
    receiver.destroy();
    await untilPairs(relay, 0);
    sender.write(frame(0, Buffer.alloc(MAX_HELLO_BYTES)));
    await healthOf(relay);
    sender.destroy();
    await pairOf(relay);
  });

  it('doesn’t end the relay when it was its first, and came too late', async () => {
    const clock = new FakeClock();
    const relay = await relayWith({}, clock);
    const late = await rawWebSocket(relay);
    late.write(frame(1, 'begun', false));
    const closed = once(late, 'data');
    await healthOf(relay);
    clock.advance(HELLO_DEADLINE_MS);
    expect(closeCodeIn((await closed)[0])).toBe(4408);
    late.write(frame(0, Buffer.alloc(MAX_HELLO_BYTES)));
    await healthOf(relay);
    await pairOf(relay);
    // Else the relay, when it stops, waits for this end to close its half.
    late.destroy();
  });
});

describe('frames that say nothing', () => {
  const { controlFramesPerMinute, controlBytesPerMinute } = DEFAULT_RELAY_CONFIG;
  const PHASES = [
    ['before its first message', () => []],
    ['while it waits', () => [helloFrame('sender', 'k')]],
  ] as const;

  it.each(PHASES)('are bounded in number %s', async (_name, first) => {
    const relay = await relayWith({}, new FakeClock());
    for (const idle of [frame(9), frame(10)]) {
      const socket = await rawWebSocket(relay);
      const heard = untilEnd(socket);
      socket.write(Buffer.concat([...first(), ...new Array<Buffer>(controlFramesPerMinute).fill(idle)]));
      socket.write(frame(9, 'last'));
      expect(closeCodeIn(await heard)).toBe(1008);
    }
    await untilWaiting(relay, 0);
  });

  it.each(PHASES)('are bounded in bytes %s', async (_name, first) => {
    const relay = await relayWith({}, new FakeClock());
    const socket = await rawWebSocket(relay);
    const pings = Math.ceil((controlBytesPerMinute + 1) / 125);
    expect(pings).toBeLessThan(controlFramesPerMinute);
    const heard = untilEnd(socket);
    socket.write(Buffer.concat([...first(), ...new Array<Buffer>(pings).fill(frame(10, Buffer.alloc(125)))]));
    expect(closeCodeIn(await heard)).toBe(1008);
  });

  it('are bounded when they are empty fragments', async () => {
    const relay = await relayWith({}, new FakeClock());
    const socket = await rawWebSocket(relay);
    const heard = untilEnd(socket);
    const empty = new Array<Buffer>(controlFramesPerMinute).fill(frame(0, '', false));
    socket.write(Buffer.concat([frame(1, '', false), ...empty]));
    expect(closeCodeIn(await heard)).toBe(1008);
  });

  it('may come at leisure for ever, and each ping is answered', async () => {
    const clock = new FakeClock();
    const relay = await relayWith({}, clock);
    const { sender, receiver } = await pairOf(relay);
    for (let i = 0; i < 3 * controlFramesPerMinute; i++) {
      sender.socket.ping(String(i));
      const [answer] = await once(sender.socket, 'pong');
      expect(String(answer)).toBe(String(i));
      clock.advance(60_000 / controlFramesPerMinute);
    }
    sender.socket.send(Buffer.from('still'));
    expect((await receiver.nextBytes()).toString()).toBe('still');
  });

  /** What is heard, until the close frame has come. */
  async function untilEnd(socket: Awaited<ReturnType<typeof rawWebSocket>>): Promise<Buffer> {
    let heard = Buffer.alloc(0);
    for (;;) {
      const [piece] = await once(socket, 'data');
      heard = Buffer.concat([heard, piece]);
      const at = heard.lastIndexOf(0x88);
      if (at === -1 || heard.length < at + 4) continue;
      // So that the relay needn't wait for an answer.
      socket.destroy();
      return heard;
    }
  }
});

describe('one address can’t shut out others', () => {
  it('by TCP connections that say nothing', async () => {
    const relay = await relayWith({ maxPageConnectionsPerAddress: 8 });
    const idle = await Promise.all(Array.from({ length: 20 }, () => rawClient(relay)));
    for (const socket of idle) socket.resume();
    const open = () => idle.filter((socket) => !socket.destroyed);
    while (open().length > 8) await turn();
    expect((await healthFrom(relay, ELSEWHERE)).waiting).toBe(0);
    expect(open().length).toBe(8);
    const honest = await rawWebSocket({ port: relay.port, from: ELSEWHERE });
    honest.write(helloFrame('sender', 'k'));
    while ((await healthFrom(relay, ELSEWHERE)).waiting !== 1) await turn();
    // And one of its own, when another leaves.
    open()[0]!.destroy();
    for (let found = null; found === null; ) found = await healthFrom(relay, '127.0.0.1').catch(() => null);
  });

  it('by TLS handshakes that it doesn’t end', async () => {
    const files = certificateFolder();
    files.write(await (await makeAuthority()).issue());
    const tls = { certFile: files.certFile, keyFile: files.keyFile };
    const relay = await relayWith({ ...tls, maxPageConnectionsPerAddress: 4, headersTimeoutMs: 1_000 });
    const halves = await Promise.all(Array.from({ length: 8 }, () => rawClient(relay)));
    // The first bytes of a ClientHello, and no more.
    for (const socket of halves) socket.write(Buffer.from([0x16, 3, 1, 2, 0]));
    const ended = halves.map((socket) => untilClosed(socket));
    const honest = connectTls({
      socket: await rawClient({ port: relay.port, from: ELSEWHERE }),
      rejectUnauthorized: false,
    });
    await once(honest, 'secureConnect');
    honest.destroy();
    await Promise.all(ended);
    // And what TLS hides is given back.
    for (let i = 0; i < 20; i++) {
      const next = connectTls({ port: relay.port, host: '127.0.0.1', rejectUnauthorized: false });
      await once(next, 'secureConnect');
      next.destroy();
      await once(next, 'close');
    }
  });

  it('by headers that never end, or by silence', async () => {
    const relay = await relayWith({ headersTimeoutMs: 1_000 });
    const [silent, partial, second] = await Promise.all([
      rawClient(relay),
      rawClient(relay),
      rawClient(relay),
    ]);
    partial!.write('GET / HTTP/1.1\r\nHost: lo');
    second!.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nGET /hea');
    const heard = await Promise.all([silent!, partial!, second!].map(untilClosed));
    for (const answer of heard) expect(String(answer)).toContain('408');
  });

  it('by connections that it keeps after a request', async () => {
    const relay = await relayWith({ keepAliveTimeoutMs: 1_000 });
    const kept = await rawClient(relay);
    kept.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
    expect(String(await untilClosed(kept))).toContain('200');
  });

  it('by asking for WebSockets at a path that can’t be decoded', async () => {
    const relay = await relayWith();
    const kept = await rawWebSocket(relay, '/%ff', 'X-Long: x\r\n');
    expect(await untilClosed(kept)).toEqual(Buffer.alloc(0));
  });

  it('by requests that it sends before the last is answered', async () => {
    const relay = await relayWith();
    const greedy = await rawClient(relay);
    const request = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n';
    greedy.write(request.repeat(1_000));
    expect(String(await untilClosed(greedy)).split('HTTP/1.1').length).toBeLessThan(4);
    // One after the other it may have as many as it likes.
    const patient = await rawClient(relay);
    for (let i = 0; i < 100; i++) {
      patient.write(request);
      expect(String((await once(patient, 'data'))[0])).toContain('200');
    }
  });

  it('by asking for a WebSocket before the last request is answered', async () => {
    const relay = await relayWith();
    for (const path of ['/ws', '/nope']) {
      const greedy = await rawClient(relay);
      greedy.write(
        'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n' +
          `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
          'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
      );
      expect(String(await untilClosed(greedy))).not.toContain('101');
    }
  });

  it.skipIf(process.platform !== 'linux')('by a page that it asks for and doesn’t take', async () => {
    const webRoot = mkdtempSync(join(tmpdir(), 'p2p-copy-page-'));
    onTestFinished(() => rmSync(webRoot, { recursive: true }));
    writeFileSync(join(webRoot, 'index.html'), Buffer.alloc(64 * 1024 * 1024));
    const relay = await relayWith({ webRoot, pageStallTimeoutMs: 1_000 });
    const stalled = await rawClient(relay);
    stalled.pause();
    const reset = new Promise((resolve) => stalled.once('close', resolve));
    stalled.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    while (!(await hasBeenCut(relay))) await turn();
    stalled.resume();
    await reset;
    expect(stalled.bytesRead).toBeLessThan(64 * 1024 * 1024);
  });

  it('by the figures that a server is started with', () => {
    expect(DEFAULT_RELAY_CONFIG).toMatchObject({
      headersTimeoutMs: 10_000,
      maxPageConnectionsPerAddress: 256,
      maxPageConnectionsPerSite: 512,
      maxConnectionsPerSite: 4_000,
      maxWaitingPerSite: 1_000,
    });
  });

  it('through a proxy that isn’t trusted, by writing another address', async () => {
    const relay = await relayWith({ maxConnectionsPerAddress: 1, trustProxy: ['192.0.2.1'] });
    await clientOf(relay, '/ws', from('198.51.100.1'));
    expect(await (await clientOf(relay, '/ws', from('198.51.100.2'))).nextClose()).toBe(4429);
  });

  it('but a proxy has as many TCP connections as it needs', async () => {
    const relay = await relayWith({ ...PROXIED, maxPageConnectionsPerAddress: 2 });
    await Promise.all(Array.from({ length: 20 }, () => rawClient(relay)));
    for (let i = 0; i < 20; i++) await clientOf(relay, '/ws', from(`192.0.2.${i}`));
    expect(await healthOf(relay)).toMatchObject({ pairs: 0 });
  });
});

describe('one IPv6 /48 can’t shut out others, from however many /64', () => {
  const inSite = (site: number, block: number) => from(`2001:db8:${site}:${block.toString(16)}::1`);

  it('by waiting', async () => {
    const relay = await relayWith({ ...PROXIED, maxWaitingPerAddress: 2, maxWaitingPerSite: 5 });
    for (let block = 0; block < 5; block++) {
      await (await clientOf(relay, '/ws', inSite(1, block))).allocate().nextJson();
    }
    expect(await (await clientOf(relay, '/ws', inSite(1, 9))).allocate().nextClose()).toBe(4429);
    await (await clientOf(relay, '/ws', inSite(2, 0))).allocate().nextJson();
  });

  it('by WebSockets', async () => {
    const relay = await relayWith({ ...PROXIED, maxConnectionsPerAddress: 2, maxConnectionsPerSite: 5 });
    const first = await clientOf(relay, '/ws', inSite(1, 0));
    for (let block = 1; block < 5; block++) await clientOf(relay, '/ws', inSite(1, block));
    expect(await (await clientOf(relay, '/ws', inSite(1, 9))).nextClose()).toBe(4429);
    await (await clientOf(relay, '/ws', inSite(2, 0))).allocate().nextJson();
    first.socket.close();
    await first.nextClose();
    await (await clientOf(relay, '/ws', inSite(1, 9))).allocate().nextJson();
  });

  it('by joins', async () => {
    const relay = await relayWith({ ...PROXIED, joinsPerMinutePerSite: 3 }, new FakeClock());
    const { nameplate } = await allocatedOn(relay);
    const join = async (site: number, block: number) =>
      (await clientOf(relay, '/ws', inSite(site, block))).allocate(nameplate).nextClose();
    for (let block = 0; block < 3; block++) expect(await join(1, block)).toBe(4409);
    expect(await join(1, 9)).toBe(4429);
    expect(await join(2, 0)).toBe(4409);
  });

  it('by wrong nameplates', async () => {
    const relay = await relayWith({ ...PROXIED, failedJoinsPerMinutePerSite: 3 }, new FakeClock());
    const { nameplate } = await allocatedOn(relay);
    const join = async (site: number, block: number, key: string) =>
      (await clientOf(relay, '/ws', inSite(site, block))).hello('receiver', key);
    for (let block = 0; block < 3; block++)
      expect(await (await join(1, block, '4711')).nextClose()).toBe(4404);
    expect(await (await join(1, 9, nameplate)).nextClose()).toBe(4429);
    expect(await (await join(2, 0, nameplate)).nextJson()).toMatchObject({ type: 'ready' });
  });

  it('nor one IPv4 address by the ways to write it as IPv6', async () => {
    const relay = await relayWith({ ...PROXIED, maxConnectionsPerAddress: 1 });
    await clientOf(relay, '/ws', from('192.0.2.1'));
    for (const same of ['::ffff:192.0.2.1', '::ffff:c000:201', '192.0.2.1:4711']) {
      expect(await (await clientOf(relay, '/ws', from(same))).nextClose()).toBe(4429);
    }
  });
});

describe('a pair', () => {
  it('that sends thousands of small messages in one read keeps them back for a receiver that doesn’t read', async () => {
    const relay = await relayWith();
    const { sender, receiver } = await pairOf(relay, opaqueKey('p'));
    receiver.socket.pause();
    const COUNT = 20_000;
    for (let i = 0; i < COUNT; i++) sender.socket.send(Buffer.from([i & 0xff]));
    await turn();
    receiver.socket.resume();
    for (let i = 0; i < COUNT; i++) {
      const bytes = await receiver.nextBytes();
      if (bytes.length !== 1 || bytes[0] !== (i & 0xff))
        throw new Error(`message ${i} is ${bytes.toString('hex')}`);
    }
  });
});

/** Whether the relay has no TCP connection but the one that asks. */
async function hasBeenCut(relay: RunningRelay): Promise<boolean> {
  return (await connectionsAt(relay.port)) === 0;
}

/** As the system lists them: of the relay's end, established. */
async function connectionsAt(port: number): Promise<number> {
  const local = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const rows = (await readFile('/proc/net/tcp', 'utf8')).split('\n').map((row) => row.trim().split(/\s+/));
  return rows.filter(([, at, , state]) => at?.endsWith(local) && state === '01').length;
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Asked from an address that has room. */
async function healthFrom({ port }: RunningRelay, address: string): Promise<{ waiting: number }> {
  const socket = await rawClient({ port, from: address });
  socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  return JSON.parse(String(await untilClosed(socket)).split('\r\n\r\n')[1]!);
}
