// A relay with a certificate speaks TLS and plain HTTP on one port, and plain HTTP to this machine and its proxies only.
import { once } from 'node:events';
import { type IncomingMessage, request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import type { Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { beforeAll, describe, expect, it } from 'vitest';
import type { RelayConfig } from '../../src/index.ts';
import { FakeClock } from '../fake-clock.ts';
import { rawClient, untilClosed } from '../raw-client.ts';
import { opaqueKey, RelayClient } from '../relay-client.ts';
import { relayWith } from '../running-relays.ts';
import { type Authority, certificateFolder, makeAuthority } from '../tls/make-certificates.ts';

/** An address that this machine shares with its network: who calls it is no caller by loopback. */
const OUTER = Object.values(networkInterfaces())
  .flatMap((found) => found ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;

let authority: Authority;
beforeAll(async () => {
  authority = await makeAuthority();
});

async function relayWithTls(config: Partial<RelayConfig> = {}, clock?: FakeClock) {
  const files = certificateFolder();
  files.write(await authority.issue());
  const { certFile, keyFile } = files;
  return relayWith({ host: '::', certFile, keyFile, ...config }, clock);
}

interface Asked {
  port: number;
  at?: string;
  path?: string;
  headers?: Record<string, string>;
}

function ask(request: typeof plainRequest, { port, at = '127.0.0.1', path = '/healthz', headers }: Asked) {
  return new Promise<{ status: number; location: string | undefined; headers: IncomingMessage['headers'] }>(
    (resolve, reject) => {
      const options = { host: at, port, path, agent: false, rejectUnauthorized: false, headers };
      request(options, (answer) => {
        answer.resume();
        const { statusCode, headers: found } = answer;
        resolve({ status: statusCode!, location: found.location, headers: found });
      })
        .on('error', reject)
        .end();
    },
  );
}

describe('with a certificate', () => {
  it('both http and https are served to this machine on one port', async () => {
    const { port } = await relayWithTls();
    expect((await ask(secureRequest, { port })).status).toBe(200);
    for (const at of ['127.0.0.1', '::1']) expect((await ask(plainRequest, { port, at })).status).toBe(200);
    expect((await ask(plainRequest, { port })).headers['strict-transport-security']).toBeUndefined();
  });

  it('a plain and a TLS WebSocket are paired', async () => {
    const { port } = await relayWithTls();
    const secure = await RelayClient.connect(`https://127.0.0.1:${port}`, '/ws', {
      rejectUnauthorized: false,
    });
    const plain = await RelayClient.connect(`http://127.0.0.1:${port}`);
    secure.hello('sender', opaqueKey('k'));
    plain.hello('receiver', opaqueKey('k'));
    for (const end of [secure, plain]) expect(await end.nextJson()).toMatchObject({ type: 'ready' });
    plain.socket.send(Buffer.alloc(2_000_000, 7));
    expect((await secure.nextBytes()).equals(Buffer.alloc(2_000_000, 7))).toBe(true);
    secure.socket.terminate();
  });

  it.skipIf(OUTER === undefined)(
    'http of others is sent to https at the same host, path and port',
    async () => {
      const { port } = await relayWithTls();
      const at = OUTER!;
      for (const path of ['/', '/healthz', '/version', '/no/such?a=%20b', '//elsewhere.example/']) {
        const { status, location } = await ask(plainRequest, { port, at, path });
        expect([status, location]).toEqual([307, `https://${at}:${port}${path}`]);
      }
      expect((await ask(secureRequest, { port, at })).status).toBe(200);
      const named = { port, at, headers: { host: 'copy.example.org' } };
      expect((await ask(plainRequest, named)).location).toBe('https://copy.example.org/healthz');
      for (const host of ['evil.example/a', 'a@b', 'a b'])
        expect((await ask(plainRequest, { port, at, headers: { host } })).status).toBe(400);
    },
  );

  it.skipIf(OUTER === undefined)('no WebSocket of others goes in plain', async () => {
    const { port } = await relayWithTls();
    await expect(RelayClient.connect(`http://${OUTER}:${port}`)).rejects.toThrow('307');
    // What it claims of itself changes nothing.
    const headers = { 'x-forwarded-for': '127.0.0.1', 'x-forwarded-proto': 'https' };
    await expect(RelayClient.connect(`http://${OUTER}:${port}`, '/ws', { headers })).rejects.toThrow('307');
  });

  it.skipIf(OUTER === undefined)('http of a trusted proxy is served', async () => {
    const { port } = await relayWithTls({ trustProxy: [OUTER!] });
    expect((await ask(plainRequest, { port, at: OUTER! })).status).toBe(200);
  });
});

it.skipIf(OUTER === undefined)('without a certificate nobody is sent to https', async () => {
  const { port } = await relayWith({ host: '::' });
  expect((await ask(plainRequest, { port, at: OUTER! })).status).toBe(200);
});

describe('a connection that has not said which of the two it speaks', () => {
  it('is ended when it says nothing in time, and counts at its address until then', async () => {
    const clock = new FakeClock();
    const { port } = await relayWithTls({ headersTimeoutMs: 5_000, maxPageConnectionsPerAddress: 2 }, clock);
    const silent = [await rawClient({ port }), await rawClient({ port })];
    const third = await rawClient({ port });
    await untilClosed(third);
    clock.advance(5_000);
    expect(await Promise.all(silent.map(untilClosed))).toEqual([Buffer.alloc(0), Buffer.alloc(0)]);
    await untilServed(port);
  });

  it('may leave, by an end or a reset, and leaves nothing behind', async () => {
    const clock = new FakeClock();
    const { port } = await relayWithTls({ maxPageConnectionsPerAddress: 3 }, clock);
    const timers = clock.pending;
    for (let round = 0; round < 20; round += 1) {
      const gone = await rawClient({ port });
      if (round % 2 === 0) gone.resetAndDestroy();
      else gone.end();
      await untilClosed(gone);
    }
    await untilServed(port);
    expect(clock.pending).toBe(timers);
  });

  it.each([1, 2, 7])('may say its request in pieces of %i bytes', async (size) => {
    const { port } = await relayWithTls();
    const socket = await rawClient({ port });
    const text = 'GET /version HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
    for (let at = 0; at < text.length; at += size) await written(socket, text.slice(at, at + size));
    expect((await untilClosed(socket)).toString()).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('and then says nonsense is refused like any other', async () => {
    const { port } = await relayWithTls();
    for (const bytes of [Buffer.from([0]), Buffer.from([0x15, 3, 1]), Buffer.alloc(70_000, 255)]) {
      const socket = await rawClient({ port });
      socket.end(bytes);
      expect((await untilClosed(socket)).toString()).toMatch(/^HTTP\/1\.1 400 |^$/);
    }
    const socket = await rawClient({ port });
    socket.write(Buffer.alloc(500, 0x16));
    await untilClosed(socket);
    await untilServed(port);
  });
});

async function written(socket: Socket, text: string): Promise<void> {
  if (!socket.write(text, () => socket.emit('taken'))) return;
  await once(socket, 'taken');
}

/** The gate hears of a closed connection a moment after its client. */
async function untilServed(port: number): Promise<void> {
  while ((await ask(plainRequest, { port }).catch(() => null))?.status !== 200);
}
