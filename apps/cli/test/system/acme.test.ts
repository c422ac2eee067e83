// Caddy's sample gets its certificate by ACME: from Debian's pebble, which looks the host up and connects to it as an
// authority does.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { deployProxy, freePort, OWN_HOST, reasonToSkip } from '../../../../test/proxies/deployed-proxy.ts';
import { RelayClient } from '../../../relay/test/relay-client.ts';
import { relayWith } from '../../../relay/test/running-relays.ts';
import { ownCertificate } from '../../src/certificate/own-certificate.ts';
import { scratchFolder } from '../scratch.ts';

const hasPebble = ['pebble', 'pebble-challtestsrv'].every(
  (name) => spawnSync(name, ['-help']).error === undefined,
);
const why = reasonToSkip('caddy') ?? (hasPebble ? null : 'no pebble here; apt-get install pebble');

describe.skipIf(why !== null)(`Caddy by its sample${why === null ? '' : ` (skipped: ${why})`}`, () => {
  it('gets a certificate by ACME for a relay behind it', async () => {
    const relay = await relayWith({ trustProxy: ['127.0.0.1'] });
    const [port, httpPort] = [await freePort(), await freePort()];
    const authority = await startAuthority(port, httpPort);
    const caddy = await deployProxy('caddy', relay.url, {
      caddyHost: OWN_HOST,
      port,
      httpPort,
      ...authority.settings,
    });
    onTestFinished(() => caddy.stop());
    const options = { ca: await authority.root(), servername: OWN_HOST, headers: { host: OWN_HOST } };
    const client = await RelayClient.connect(caddy.rootUrl, '/ws', {
      ...options,
      origin: `https://${OWN_HOST}`,
    });
    onTestFinished(() => client.socket.terminate());
    const { _socket: tls } = client.socket as unknown as { _socket: TLSSocket };
    expect(tls.authorized).toBe(true);
    expect(tls.getPeerCertificate()).toMatchObject({
      subjectaltname: `DNS:${OWN_HOST}`,
      issuer: { CN: expect.stringContaining('Pebble') },
    });
    expect((await client.allocate().nextJson()).nameplate).toMatch(/^\d+$/);
  });
});

/** Pebble, for a Caddy whose ports for challenges are these. */
async function startAuthority(tlsPort: number, httpPort: number) {
  const folder = await scratchFolder();
  const own = await ownCertificate(folder, { hosts: ['localhost'], ipv4: ['127.0.0.1'], ipv6: [] });
  const [port, managementPort, dnsPort, dnsManagementPort] = [
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
  ];
  const config = join(folder, 'pebble.json');
  writeFileSync(
    config,
    JSON.stringify({
      pebble: {
        listenAddress: `127.0.0.1:${port}`,
        managementListenAddress: `127.0.0.1:${managementPort}`,
        certificate: own.certFile,
        privateKey: own.keyFile,
        httpPort,
        tlsPort,
        ocspResponderURL: '',
      },
    }),
  );
  running('pebble-challtestsrv', [
    ...['-defaultIPv4', '127.0.0.1', '-defaultIPv6', '', '-dns01', `127.0.0.1:${dnsPort}`],
    ...['-http01', '', '-https01', '', '-tlsalpn01', '', '-management', `127.0.0.1:${dnsManagementPort}`],
  ]);
  running('pebble', ['-config', config, '-dnsserver', `127.0.0.1:${dnsPort}`], { PEBBLE_VA_NOSLEEP: '1' });
  // Caddy asks again only after a minute.
  await listening(port);
  return {
    settings: {
      caddyOptions: `acme_ca https://localhost:${port}/dir\n\tacme_ca_root ${own.certFile}\n\tskip_install_trust`,
    },
    /** PEM of the certificate that all others come from. */
    root: () => download(`https://localhost:${managementPort}/roots/0`, readFileSync(own.certFile, 'utf8')),
  };
}

/** Resolves when something takes connections there. */
async function listening(port: number): Promise<void> {
  await vi.waitUntil(
    () =>
      new Promise((resolve) => {
        const socket = connect(port, '127.0.0.1', () => resolve(true));
        socket.on('error', () => resolve(false)).on('connect', () => socket.destroy());
      }),
    { timeout: 20_000, interval: 50 },
  );
}

function running(file: string, args: string[], set: Record<string, string> = {}): ChildProcess {
  const child = spawn(file, args, { stdio: 'ignore', env: { ...process.env, ...set } });
  onTestFinished(() => void child.kill('SIGTERM'));
  return child;
}

async function download(url: string, ca: string): Promise<string> {
  const [answer] = await once(get(url, { ca, agent: false }), 'response');
  let text = '';
  for await (const piece of answer) text += piece;
  return text;
}
