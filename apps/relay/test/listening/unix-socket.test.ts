// Clients that come by a unix socket have no address: a proxy's word counts if `unix` is trusted, and there is no TLS.
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { RelayConfig } from '../../src/index.ts';
import { RelayClient } from '../relay-client.ts';
import { relayWith, untilWaiting } from '../running-relays.ts';
import { certificateFolder, makeAuthority } from '../tls/make-certificates.ts';

async function relayAtSocket(config: Partial<RelayConfig> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'relay-socket-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'relay.sock');
  const relay = await relayWith({ ...config, listen: [`unix:${path}`, '127.0.0.1:0'] });
  const from = async (address: string | null) => {
    const headers = address === null ? {} : { 'x-forwarded-for': address };
    const client = await RelayClient.connect(`ws+unix:${path}:`, '/ws', { headers });
    onTestFinished(() => client.socket.terminate());
    return client;
  };
  return { relay, path, from };
}

it('pairs a client of the socket with one of TCP', async () => {
  const { relay, from } = await relayAtSocket();
  expect(relay.addresses).toEqual([expect.stringMatching(/^unix:\//), `http://127.0.0.1:${relay.port}`]);
  const sender = (await from(null)).hello('sender', 'A'.repeat(43));
  const receiver = (await RelayClient.connect(relay.url)).hello('receiver', 'A'.repeat(43));
  for (const end of [sender, receiver]) expect(await end.nextJson()).toMatchObject({ type: 'ready' });
  receiver.socket.terminate();
});

it('counts its clients as one while nobody is trusted there, whatever their headers say', async () => {
  const { from } = await relayAtSocket({ maxConnectionsPerAddress: 2, trustProxy: ['127.0.0.1'] });
  await from('192.0.2.1');
  await from('192.0.2.2');
  expect(await (await from('192.0.2.3')).nextClose()).toBe(4429);
});

it('counts them by the address that a trusted proxy tells', async () => {
  const { relay, from } = await relayAtSocket({ maxConnectionsPerAddress: 1, trustProxy: ['unix'] });
  const first = await from('192.0.2.1');
  (await from('192.0.2.2')).hello('sender', 'B'.repeat(43));
  expect(await (await from('192.0.2.1')).nextClose()).toBe(4429);
  first.hello('sender', 'A'.repeat(43));
  await untilWaiting(relay, 2);
});

it('takes no word of TCP for that of the socket', async () => {
  const { relay } = await relayAtSocket({ maxConnectionsPerAddress: 1, trustProxy: ['unix'] });
  const from = (address: string) =>
    RelayClient.connect(relay.url, '/ws', { headers: { 'x-forwarded-for': address } });
  const [first, second] = [await from('192.0.2.1'), await from('unix')];
  expect(await second.nextClose()).toBe(4429);
  first.socket.terminate();
});

it('isn’t held to the page connections of one address, only to those of all', async () => {
  const { relay, path } = await relayAtSocket({ maxPageConnectionsPerAddress: 1 });
  const ask = () =>
    new Promise((resolve, reject) => {
      request({ socketPath: path, path: '/healthz', agent: false }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      })
        .on('error', reject)
        .end();
    });
  expect(await Promise.all([ask(), ask(), ask()])).toEqual([200, 200, 200]);
  expect(relay.port).toBeGreaterThan(0);
});

it('speaks plain HTTP also where TCP speaks TLS, with the same timeouts', async () => {
  const files = certificateFolder();
  files.write(await (await makeAuthority()).issue());
  const { certFile, keyFile } = files;
  const { relay, path, from } = await relayAtSocket({ certFile, keyFile, headersTimeoutMs: 1_000 });
  expect(relay.url).toMatch(/^https:/);
  expect(relay.addresses[0]).toBe(`unix:${path}`);
  (await from(null)).hello('sender', 'A'.repeat(43));
  const silent = connect(path);
  const heard: Buffer[] = await silent.toArray();
  expect(Buffer.concat(heard).toString()).toMatch(/^HTTP\/1\.1 408 /);
});
