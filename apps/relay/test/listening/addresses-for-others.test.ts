// What a page at localhost is told of the relay's addresses, and who else is told nothing of them.

import { X509Certificate } from 'node:crypto';
import { request } from 'node:http';
import { request as secureRequest } from 'node:https';
import { networkInterfaces } from 'node:os';
import { beforeAll, expect, it } from 'vitest';
import type { RelayConfig } from '../../src/index.ts';
import { listeningForOthers } from '../../src/listening/addresses-for-others.ts';
import { relayWith } from '../running-relays.ts';
import { certificateFolder, type Issued, makeAuthority, makeSelfSigned } from '../tls/make-certificates.ts';

const HERE = Object.values(networkInterfaces())
  .flatMap((found) => found ?? [])
  .filter(({ family, internal }) => family === 'IPv4' && !internal)
  .map(({ address }) => address);

let forAll: Issued;
let forNone: Issued;
beforeAll(async () => {
  forAll = await (await makeAuthority()).issue(HERE);
  forNone = await makeSelfSigned();
});

async function relayShowing(issued: Issued, config: Partial<RelayConfig> = {}) {
  const files = certificateFolder();
  files.write(issued);
  return relayWith({ host: '::', certFile: files.certFile, keyFile: files.keyFile, ...config });
}

function addressesAt(
  port: number,
  headers: Record<string, string> = {},
  at = '127.0.0.1',
): Promise<string[]> {
  return new Promise((resolve, reject) => {
    request({ host: at, port, path: '/addresses', headers, agent: false }, async (answer) => {
      const pieces = await answer.toArray();
      resolve(JSON.parse(Buffer.concat(pieces).toString()).addresses);
    })
      .on('error', reject)
      .end();
  });
}

it('a page of this machine is told where others reach the relay', async () => {
  const { port } = await relayShowing(forAll);
  const expected = HERE.map((address) => `https://${address}:${port}`).sort();
  for (const host of ['localhost', `localhost:${port}`, '127.0.0.1', '[::1]:8765', 'LOCALHOST'])
    expect((await addressesAt(port, { host })).sort()).toEqual(expected);
});

it('no address is told where browsers would refuse: without a certificate, or with one for others', async () => {
  expect(await addressesAt((await relayWith({ host: '::' })).port)).toEqual([]);
  expect(await addressesAt((await relayShowing(forNone)).port)).toEqual([]);
  expect(await addressesAt((await relayShowing(forAll, { host: '127.0.0.1' })).port)).toEqual([]);
});

it.each([
  { host: 'copy.example.org' },
  { host: 'localhost.example.org' },
  { host: '127.0.0.1.example.org' },
  { host: 'localhost', 'x-forwarded-for': '203.0.113.9' },
  { host: 'localhost', 'x-forwarded-for': '127.0.0.1' },
  { host: 'localhost', forwarded: 'for=203.0.113.9' },
  { host: 'localhost', via: '1.1 proxy' },
])('the networks of this machine are told to nobody else: %j', async (headers) => {
  const otherNames = ['https://copy.example.org', 'http://old.example'];
  const { port } = await relayShowing(forAll, { otherNames });
  expect(await addressesAt(port, headers as unknown as Record<string, string>)).toEqual([
    'https://copy.example.org',
  ]);
});

it.skipIf(HERE.length === 0)('nor to who calls from a network and claims to be local', async () => {
  const { port } = await relayShowing(forAll, { trustProxy: HERE });
  expect(await addressesAt(port, { host: 'localhost' }, HERE[0])).toEqual([]);
});

it('one address that it listens on is told as such, and a unix socket is none', () => {
  const cert = Buffer.from(forAll.cert);
  for (const host of HERE)
    expect(listeningForOthers([{ kind: 'tcp', host, port: 443 }], { cert })).toEqual([`https://${host}`]);
  expect(listeningForOthers([{ kind: 'unix', path: '/run/a' }], { cert })).toEqual([]);
});

it('the fingerprint of its own certificate is told to who sees it, and not to who comes by a proxy', async () => {
  const { port } = await relayShowing(forNone);
  const fingerprint = new X509Certificate(forNone.cert).fingerprint256.replaceAll(':', '');
  const told = (headers: Record<string, string>) =>
    new Promise((resolve, reject) => {
      const options = {
        host: '127.0.0.1',
        port,
        path: '/addresses',
        agent: false,
        rejectUnauthorized: false,
      };
      secureRequest({ ...options, headers }, async (answer) => {
        resolve(JSON.parse(Buffer.concat(await answer.toArray()).toString()).fingerprint);
      })
        .on('error', reject)
        .end();
    });
  for (const host of ['192.0.2.7:8765', 'copy.example.org', 'localhost'])
    expect(await told({ host })).toBe(fingerprint);
  for (const name of ['x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'forwarded', 'via'])
    expect(await told({ host: 'copy.example.org', [name]: 'for=203.0.113.9' })).toBeNull();
});

it('no header makes the relay tell an address of a stranger’s choice', async () => {
  const { port } = await relayShowing(forAll, { trustProxy: ['127.0.0.1'] });
  const evil = 'evil.example';
  for (const headers of [
    { host: evil },
    { host: `localhost@${evil}` },
    { host: `localhost.${evil}` },
    { host: 'localhost', 'x-forwarded-host': evil, 'x-forwarded-proto': 'https' },
    { host: 'localhost', forwarded: `host=${evil};proto=https` },
    { host: 'localhost', origin: `https://${evil}`, referer: `https://${evil}/` },
  ]) {
    const told = await addressesAt(port, headers as unknown as Record<string, string>);
    expect(told.filter((address) => !HERE.includes(new URL(address).hostname))).toEqual([]);
  }
});
