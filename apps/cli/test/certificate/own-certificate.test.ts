// The certificate that a relay makes for itself: what is in it, and when another is made.
import { X509Certificate } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { checkServerIdentity, connect, createServer, type TLSSocket } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hostsOf, type MachineNames } from '../../src/certificate/machine-names.ts';
import { ownCertificate } from '../../src/certificate/own-certificate.ts';
import { scratchFolder } from '../scratch.ts';

const NAMES: MachineNames = {
  hosts: ['localhost', 'box', 'box.local'],
  ipv4: ['127.0.0.1', '192.168.1.5'],
  ipv6: ['::1', '2001:db8::5'],
};
const NOW_MS = Date.now();
const DAY_MS = 24 * 60 * 60_000;

async function folderFor(): Promise<string> {
  return join(await scratchFolder(), 'state/relay-certificate');
}

describe('a certificate of its own', () => {
  it('is for this machine alone, ECDSA P-256, and ends within 397 days', async () => {
    const { certFile, keyFile, fingerprint } = await ownCertificate(await folderFor(), NAMES, NOW_MS);
    const cert = new X509Certificate(readFileSync(certFile));
    expect(cert.subjectAltName).toBe(
      'DNS:localhost, DNS:box, DNS:box.local, IP Address:127.0.0.1, IP Address:192.168.1.5, ' +
        'IP Address:0:0:0:0:0:0:0:1, IP Address:2001:DB8:0:0:0:0:0:5',
    );
    expect(cert.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
    expect(cert.ca).toBe(false);
    expect(cert.verify(cert.publicKey)).toBe(true);
    expect(fingerprint).toBe(cert.fingerprint256);
    const days = (Date.parse(cert.validTo) - Date.parse(cert.validFrom)) / DAY_MS;
    expect(days).toBeGreaterThan(365);
    expect(days).toBeLessThanOrEqual(397);
    expect(readFileSync(keyFile, 'utf8')).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
  });

  it('is only this user’s', async () => {
    const folder = await folderFor();
    const { keyFile } = await ownCertificate(folder, NAMES, NOW_MS);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, '..')).mode & 0o777).toBe(0o700);
    expect(statSync(keyFile).mode & 0o777).toBe(0o600);
    chmodSync(folder, 0o755);
    await ownCertificate(folder, NAMES, NOW_MS);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(readdirSync(folder).sort()).toEqual(['cert.pem', 'key.pem']);
  });

  it.each([...NAMES.hosts, ...NAMES.ipv4, ...NAMES.ipv6])('convinces who trusts it at %s', async (name) => {
    const { certFile, keyFile, fingerprint } = await ownCertificate(await folderFor(), NAMES, NOW_MS);
    const [cert, key] = [readFileSync(certFile), readFileSync(keyFile)];
    expect(await shownAt(name, { cert, key }, cert)).toBe(fingerprint);
  });

  it('convinces nobody elsewhere, or without being trusted', async () => {
    const { certFile, keyFile } = await ownCertificate(await folderFor(), NAMES, NOW_MS);
    const [cert, key] = [readFileSync(certFile), readFileSync(keyFile)];
    await expect(shownAt('other.local', { cert, key }, cert)).rejects.toMatchObject({
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    });
    await expect(shownAt('localhost', { cert, key })).rejects.toMatchObject({
      code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    });
  });
});

describe('the next start', () => {
  const spoilt: [
    string,
    (files: { certFile: string; keyFile: string; folder: string }) => void | Promise<void>,
  ][] = [
    ['its key could be read by others', ({ keyFile }) => chmodSync(keyFile, 0o640)],
    ['its key is cut short', ({ keyFile }) => truncateSync(keyFile, 40)],
    ['its certificate is no PEM', ({ certFile }) => writeFileSync(certFile, 'x')],
    [
      'the two don’t belong together',
      async ({ certFile, folder }) => {
        const other = await ownCertificate(join(folder, 'other'), NAMES, NOW_MS);
        copyFileSync(other.certFile, certFile);
      },
    ],
  ];

  it.each<[string, Partial<MachineNames>, number]>([
    ['the same', {}, NOW_MS],
    ['later', {}, NOW_MS + 364 * DAY_MS],
    ['an address less', { ipv4: ['127.0.0.1'] }, NOW_MS],
    ['another network of virtual machines', { passing: ['172.20.9.1'] }, NOW_MS],
    ['another IPv6 address', { ipv6: ['::1', '2001:db8::77'] }, NOW_MS],
  ])('uses the one that is kept: %s', async (_name, change, nowMs) => {
    const folder = await folderFor();
    const { fingerprint } = await ownCertificate(folder, NAMES, NOW_MS);
    expect((await ownCertificate(folder, { ...NAMES, ...change }, nowMs)).fingerprint).toBe(fingerprint);
  });

  it.each<[string, Partial<MachineNames>, number]>([
    ['a new address', { ipv4: ['127.0.0.1', '192.168.1.6'] }, NOW_MS],
    ['a new name', { hosts: ['localhost', 'cave', 'cave.local'] }, NOW_MS],
    ['30 days before its end', {}, NOW_MS + 365 * DAY_MS],
    ['after its end', {}, NOW_MS + 500 * DAY_MS],
    ['a clock that was wrong', {}, NOW_MS - 2 * DAY_MS],
  ])('makes another: %s', async (_name, change, nowMs) => {
    const folder = await folderFor();
    const { fingerprint } = await ownCertificate(folder, NAMES, NOW_MS);
    const next = await ownCertificate(folder, { ...NAMES, ...change }, nowMs);
    expect(next.fingerprint).not.toBe(fingerprint);
    expect(next.validUntilMs).toBeGreaterThan(nowMs + 365 * DAY_MS);
  });

  it.each(spoilt)('makes another when %s', async (_name, spoil) => {
    const folder = await folderFor();
    const first = await ownCertificate(folder, NAMES, NOW_MS);
    await spoil({ ...first, folder });
    const next = await ownCertificate(folder, NAMES, NOW_MS);
    expect(next.fingerprint).not.toBe(first.fingerprint);
    expect(statSync(next.keyFile).mode & 0o777).toBe(0o600);
    expect((await ownCertificate(folder, NAMES, NOW_MS)).fingerprint).toBe(next.fingerprint);
  });
});

it.each([
  ['Box', ['box', 'box.local']],
  ['box.example.org', ['box.example.org', 'box.local']],
  ['MacBook.local', ['macbook.local']],
  ['localhost.localdomain', []],
  ['under_score', []],
  ['bücher', []],
  ['-box', []],
  ['', []],
  ['x'.repeat(64), []],
])('a machine called %j is reached as %j', (name, hosts) => {
  expect(hostsOf(name)).toEqual(hosts);
});

/** The fingerprint that a client sees which goes to `name` and trusts `ca`; rejects when it isn't convinced. */
async function shownAt(name: string, own: { cert: Buffer; key: Buffer }, ca?: Buffer): Promise<string> {
  const server = createServer({ ...own, minVersion: 'TLSv1.2' });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as { port: number };
  return new Promise((resolve, reject) => {
    const socket: TLSSocket = connect(
      {
        port,
        // Held to that name; the connection itself always goes to loopback.
        checkServerIdentity: (_host, cert) => checkServerIdentity(name, cert),
        ...(ca !== undefined && { ca }),
      },
      () => {
        resolve(socket.getPeerX509Certificate()!.fingerprint256);
        socket.destroy();
      },
    );
    socket.on('error', reject);
  });
}
