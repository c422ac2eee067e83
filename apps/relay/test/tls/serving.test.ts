// A relay with a certificate: the page, health and both kinds of WebSocket over TLS, and its renewal under load.

import { X509Certificate } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { type RequestOptions, request } from 'node:https';
import { type ConnectionOptions, connect } from 'node:tls';
import { beforeAll, describe, expect, it } from 'vitest';
import type { RunningRelay } from '../../src/index.ts';
import { FakeClock } from '../fake-clock.ts';
import { opaqueKey } from '../relay-client.ts';
import { classicPairOf, clientOf, relayWith } from '../running-relays.ts';
import { type Authority, certificateFolder, makeAuthority, makeSelfSigned } from './make-certificates.ts';

const CHUNK_BYTES = 256 * 1024;
/** By default a client would refuse TLS 1.1 itself, before the relay can. */
const OLD_CLIENT = { minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;

let authority: Authority;
beforeAll(async () => {
  authority = await makeAuthority();
});

async function relayWithTls(clock?: FakeClock) {
  const files = certificateFolder();
  const first = await authority.issue();
  files.write(first);
  const { certFile, keyFile } = files;
  const relay = await relayWith({ certFile, keyFile, pingIntervalMs: 600_000 }, clock);
  return { relay, files, first, trust: { ca: authority.ca } };
}

describe('with a certificate', () => {
  it('says https, and answers there', async () => {
    const { relay } = await relayWithTls();
    expect(relay.url).toBe(`https://127.0.0.1:${relay.port}`);
    expect(await get(relay, '/')).toMatchObject({
      status: 200,
      body: expect.stringContaining('p2p-copy relay'),
    });
    expect(JSON.parse((await get(relay, '/healthz')).body)).toMatchObject({ status: 'ok', pairs: 0 });
  });

  it('pairs both kinds of clients on the one port', async () => {
    const { relay, trust } = await relayWithTls();
    const sender = (await clientOf(relay, '/ws', trust)).hello('sender', opaqueKey('k'));
    const receiver = (await clientOf(relay, '/ws', trust)).hello('receiver', opaqueKey('k'));
    await Promise.all([sender.nextJson(), receiver.nextJson()]);
    const classic = await classicPairOf(relay, opaqueKey('k'), trust);
    expect(JSON.parse((await get(relay, '/healthz')).body)).toMatchObject({ pairs: 2 });
    for (const [from, to] of [
      [sender, receiver],
      [classic.receiver, classic.sender],
    ] as const) {
      from.socket.send(Buffer.alloc(2 * 1024 * 1024, 7));
      expect((await to.nextBytes()).equals(Buffer.alloc(2 * 1024 * 1024, 7))).toBe(true);
    }
    classic.sender.socket.close(1000);
    expect(await classic.receiver.nextClose()).toBe(1000);
  });

  it.each(['/ws', '/'])('keeps the Origin gate at %s', async (path) => {
    const { relay, trust } = await relayWithTls();
    await clientOf(relay, path, { ...trust, origin: relay.url });
    await expect(clientOf(relay, path, { ...trust, origin: 'https://evil.example' })).rejects.toThrow('403');
  });

  it('speaks TLS 1.2 and 1.3, and nothing older', async () => {
    const { relay } = await relayWithTls();
    for (const maxVersion of ['TLSv1', 'TLSv1.1'] as const) {
      await expect(handshake(relay, { ...OLD_CLIENT, maxVersion })).rejects.toMatchObject({
        code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
      });
    }
    expect((await handshake(relay, { maxVersion: 'TLSv1.2' })).protocol).toBe('TLSv1.2');
    expect((await handshake(relay)).protocol).toBe('TLSv1.3');
  });
});

describe('browsers are bound to https', () => {
  const binding = async (relay: RunningRelay, path: string, headers = {}) =>
    (await get(relay, path, { headers, rejectUnauthorized: false })).headers['strict-transport-security'];

  it.each(['/', '/healthz', '/nowhere'])('by a certificate of an authority, at %s', async (path) => {
    const { relay } = await relayWithTls();
    expect(await binding(relay, path)).toBe('max-age=63072000');
  });

  it('not where that would bind all of a machine', async () => {
    const { relay } = await relayWithTls();
    expect(await binding(relay, '/', { host: `localhost:${relay.port}` })).toBeUndefined();
  });

  it('not by one that vouches for itself: there would be no way around its end', async () => {
    const files = certificateFolder();
    files.write(await makeSelfSigned());
    const relay = await relayWith({ certFile: files.certFile, keyFile: files.keyFile });
    expect(await binding(relay, '/')).toBeUndefined();
  });

  it('not without TLS', async () => {
    const relay = await relayWith();
    expect((await fetch(relay.url)).headers.get('strict-transport-security')).toBeNull();
  });
});

describe('a renewed certificate', () => {
  it.each(['/ws', '/'])('serves whoever comes, while a transfer at %s runs on', async (path) => {
    const clock = new FakeClock();
    const { relay, files, first, trust } = await relayWithTls(clock);
    const pairOn = path === '/' ? classicPairOf : ourPairOf;
    const { sender, receiver } = await pairOn(relay, opaqueKey('k'), trust);
    expect((await handshake(relay)).serial).toBe(serialOf(first.cert));

    let sent = 0;
    const pump = async (chunks: number) => {
      for (const until = sent + chunks; sent < until; sent++) {
        sender.socket.send(Buffer.alloc(CHUNK_BYTES, sent));
        expect((await receiver.nextBytes()).equals(Buffer.alloc(CHUNK_BYTES, sent))).toBe(true);
      }
    };
    await pump(4);
    const renewed = await authority.issue();
    files.write(renewed);
    for (;;) {
      clock.advance(5_000);
      await pump(1);
      if ((await handshake(relay)).serial === serialOf(renewed.cert)) break;
    }
    await pump(4);
    const late = await pairOn(relay, opaqueKey('l'), trust);
    late.sender.socket.send(Buffer.from('late'));
    expect((await late.receiver.nextBytes()).toString()).toBe('late');
    await pump(1);
    expect((await handshake(relay, { maxVersion: 'TLSv1.2' })).serial).toBe(serialOf(renewed.cert));
    await expect(handshake(relay, { ...OLD_CLIENT, maxVersion: 'TLSv1.1' })).rejects.toThrow(
      'alert protocol version',
    );
  });

  it('isn’t looked for any more once the relay is closed', async () => {
    const clock = new FakeClock();
    const { relay } = await relayWithTls(clock);
    expect(clock.pending).toBe(1);
    await relay.close();
    expect(clock.pending).toBe(0);
  });
});

async function ourPairOf(relay: RunningRelay, key: string, trust: { ca: string }) {
  const sender = (await clientOf(relay, '/ws', trust)).hello('sender', key);
  const receiver = (await clientOf(relay, '/ws', trust)).hello('receiver', key);
  await Promise.all([sender.nextJson(), receiver.nextJson()]);
  return { sender, receiver };
}

function serialOf(pem: string): string {
  return new X509Certificate(pem).serialNumber;
}

/** What a client that trusts the authority is shown. */
function handshake(
  relay: RunningRelay,
  options: ConnectionOptions = {},
): Promise<{ serial: string; protocol: string | null }> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: relay.port, ca: authority.ca, ...options }, () => {
      resolve({ serial: socket.getPeerX509Certificate()!.serialNumber, protocol: socket.getProtocol() });
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

/** Unlike fetch, trusts the tests' own authority. */
function get(
  relay: RunningRelay,
  path: string,
  more: RequestOptions = {},
): Promise<{ status: number; headers: IncomingHttpHeaders; body: string }> {
  const options: RequestOptions = { host: '127.0.0.1', port: relay.port, path, ca: authority.ca, ...more };
  return new Promise((resolve, reject) => {
    const call = request(options, (answer) => {
      let body = '';
      answer.setEncoding('utf8').on('data', (text) => {
        body += text;
      });
      answer.on('end', () => resolve({ status: answer.statusCode!, headers: answer.headers, body }));
    });
    call.on('error', reject).end();
  });
}
