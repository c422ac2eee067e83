// The command where the environment names a proxy: a relay that only the proxy reaches, its page, its login, its certificate.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import {
  type ForwardProxy,
  type HttpProxySettings,
  startHttpProxy,
  startSocksProxy,
} from '../../../../test/proxies/forward-proxies.mjs';
import { makeAuthority } from '../../../relay/test/tls/make-certificates.ts';
import { scratchFolder } from '../scratch.ts';
import { codeOf, finished, type RunOptions, run, startRelayProcess } from './cli-process.ts';

const RECORDER = new URL('./loaded-files.mjs', import.meta.url).href;
/** Only the proxies of these tests know where it leads. */
const HOST = 'relay.example';
const LOGIN = 'zoe:p@ss#1';
const WRITTEN = 'zoe:p%40ss%231';

async function started(kind: string, settings: HttpProxySettings = {}): Promise<ForwardProxy> {
  const start = kind.startsWith('socks') ? startSocksProxy : startHttpProxy;
  const proxy = await start({ hosts: { [HOST]: '127.0.0.1' }, login: LOGIN, ...settings });
  onTestFinished(proxy.close);
  return proxy;
}

async function startNamedRelay() {
  const relay = await startRelayProcess();
  const { port } = new URL(relay.url);
  return { relay: `http://${HOST}:${port}`, port };
}

/** Sends a file and receives it, both ends in one environment; the exit codes, and what arrived. */
async function transferred(options: readonly string[], set: Record<string, string>) {
  const root = await scratchFolder();
  writeFileSync(join(root, 'file'), 'through the proxy'.repeat(50_000));
  const sender = run(['send', join(root, 'file'), ...options], { set });
  const receive = ['receive', await codeOf(sender), '--yes', '--out', join(root, 'out'), ...options];
  const receiver = run(receive, { set });
  const exitCodes = [await sender.exitCode, await receiver.exitCode];
  expect(exitCodes, sender.stderr + receiver.stderr).toEqual([0, 0]);
  expect(readFileSync(join(root, 'out/file'))).toEqual(readFileSync(join(root, 'file')));
  return sender.stderr + receiver.stderr;
}

it.each([
  ['http', 'HTTP_PROXY', 'CONNECT'],
  ['http', 'http_proxy', 'CONNECT'],
  ['socks5h', 'ALL_PROXY', 'SOCKS name'],
  ['socks5h', 'all_proxy', 'SOCKS name'],
])('a %s proxy with a password, named by %s, carries a whole transfer', async (kind, variable, call) => {
  const { relay, port } = await startNamedRelay();
  const proxy = await started(kind);
  const set = { [variable]: `${kind}://${WRITTEN}@127.0.0.1:${proxy.port}` };
  const said = await transferred(['--relay', relay, '--path', 'relay'], set);
  expect(said).not.toContain('p@ss');
  // The WebSockets of both ends; the sender asks under which address others know the relay.
  expect(proxy.calls.filter((each) => each === `${call} ${HOST}:${port}`).length).toBeGreaterThanOrEqual(2);
  const others = proxy.calls.filter((each) => each !== `${call} ${HOST}:${port}`);
  expect(others).toEqual(kind === 'http' ? [`GET http://${HOST}:${port}/addresses`] : []);
});

it('NO_PROXY leaves a relay to be reached directly, and without it loopback takes the proxy too', async () => {
  const relay = await startRelayProcess();
  const proxy = await started('http');
  const set = {
    HTTP_PROXY: `http://${WRITTEN}@127.0.0.1:${proxy.port}`,
    NO_PROXY: 'example.org,127.0.0.0/8',
  };
  await transferred(['--relay', relay.url], set);
  expect(proxy.calls).toEqual([]);
  await transferred(['--relay', relay.url], { ...set, NO_PROXY: 'example.org' });
  expect(proxy.calls).toContain(`CONNECT ${relay.url.slice('http://'.length)}`);
});

async function startSecureRelay() {
  const root = await scratchFolder();
  const authority = await makeAuthority();
  const [certFile, keyFile, caFile] = ['cert.pem', 'key.pem', 'ca.pem'].map((name) => join(root, name));
  const issued = await authority.issue();
  writeFileSync(certFile!, issued.cert);
  writeFileSync(keyFile!, issued.key);
  writeFileSync(caFile!, authority.ca);
  const args = [
    'relay',
    '--host',
    '127.0.0.1',
    '--port',
    '0',
    '--certfile',
    certFile!,
    '--keyfile',
    keyFile!,
  ];
  const [, port] = await run(args).says(/On this device: \S+:(\d+)/);
  return { relay: `https://localhost:${port}`, root, caFile: caFile!, issued };
}

it.each(['http', 'https', 'socks5h'])(
  'an %s proxy leads to a relay by https, its page and its certificate',
  async (kind) => {
    const { relay, caFile, issued } = await startSecureRelay();
    const proxy = await started(kind, kind === 'https' ? { tls: issued } : {});
    const set = {
      https_proxy: `${kind}://${WRITTEN}@${kind === 'https' ? 'localhost' : '127.0.0.1'}:${proxy.port}`,
      P2P_COPY_CA_FILE: caFile,
    };
    await transferred(['--relay', relay], set);
    const site = await finished(['verify-site', relay], { set });
    expect(site, site.stderr).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('byte for byte'),
    });
    expect(new Set(proxy.calls).size).toBe(1);
    const doctor = await finished(['doctor', '--relay', relay, '--json'], { set });
    expect(doctor.stdout).toContain(`by way of the proxy “${kind}://`);
    expect(doctor.stdout).toContain('(https_proxy)');
    expect(doctor.stdout).toMatch(/P2P_COPY_CA_FILE=“[^”]+ca\.pem” \(1\)/);
    expect(doctor.stdout).not.toContain('p@ss');
  },
);

it('a certificate of the relay’s own is fetched by way of the proxy, for its fingerprint', async () => {
  const set = { P2P_COPY_STATE: join(await scratchFolder(), 'state') };
  const relay = run(['relay', '--self-signed', '--host', '127.0.0.1', '--port', '0'], { set });
  const [, port] = await relay.says(/^On this device: \S+:(\d+)$/m);
  const [, fingerprint] = await relay.says(/--relay-fingerprint ([\dA-F]{64})/);
  const proxy = await started('http');
  const at = ['--relay', `https://${HOST}:${port}`, '--relay-fingerprint', fingerprint!];
  await transferred(at, { ...set, HTTPS_PROXY: `${WRITTEN}@127.0.0.1:${proxy.port}` });
  expect(new Set(proxy.calls)).toEqual(new Set([`CONNECT ${HOST}:${port}`]));
});

it('verify-site and doctor ask a proxy for what is at plain http', async () => {
  const { relay } = await startNamedRelay();
  for (const kind of ['http', 'socks5h']) {
    const proxy = await started(kind);
    const set = { HTTP_PROXY: `${kind}://${WRITTEN}@127.0.0.1:${proxy.port}` };
    const site = await finished(['verify-site', relay], { set });
    expect(site, site.stderr).toMatchObject({ exitCode: 0, stderr: '' });
    const doctor = await finished(['doctor', '--relay', relay], { set });
    expect(doctor.stdout).toMatch(/ok {4}The relay at .* is reached by WebSocket/);
    if (kind === 'http') expect(proxy.calls).toContain(`GET ${relay}/`);
  }
});

it.each([
  ['http', { login: 'other:login' }, /does not take the user name and password in HTTP_PROXY/],
  ['http', { status: 403 }, /HTTP status 403/],
  ['socks5h', { login: 'other:login' }, /user name and password/],
])(
  'an %s proxy that refuses is named, without its password, whatever is asked: %o',
  async (kind, settings, words) => {
    const { relay } = await startNamedRelay();
    const proxy = await started(kind, settings);
    const root = await scratchFolder();
    writeFileSync(join(root, 'file'), 'x');
    const options: RunOptions = {
      set: {
        HTTP_PROXY: `${kind}://${WRITTEN}@127.0.0.1:${proxy.port}`,
        P2P_COPY_STATE: join(root, 'state'),
      },
    };
    const ended = [
      await finished(['send', join(root, 'file'), '--relay', relay], options),
      await finished(['receive', '7-guitar-ocean', '--yes', '--relay', relay], options),
      await finished(['doctor', '--relay', relay], options),
      await finished(['login', relay], { ...options, input: `p2pcopy_${'a'.repeat(54)}\n` }),
    ];
    for (const { stdout, stderr } of ended) {
      expect(stdout + stderr).toMatch(words);
      expect(stdout + stderr).toContain(`“${kind}://127.0.0.1:${proxy.port}” (HTTP_PROXY)`);
      expect(stdout + stderr).not.toMatch(/p@ss|p%40ss|zoe/);
    }
    expect(ended.map(({ exitCode }) => exitCode)).toEqual([3, 4, 1, 0]);
  },
);

it('a variable that names no proxy is said to, before anything is sent', async () => {
  const set = { HTTPS_PROXY: 'http://zoe:se/cret@127.0.0.1:1' };
  const { exitCode, stderr } = await finished(['send', '--text', 'x', '--relay', 'https://127.0.0.1:1'], {
    set,
  });
  expect([exitCode, stderr]).toEqual([
    3,
    expect.stringContaining('HTTPS_PROXY is not the address of a proxy'),
  ]);
  expect(stderr).not.toMatch(/cret|zoe/);
  const doctor = await finished(['doctor', '--relay', 'https://127.0.0.1:1'], { set });
  expect(doctor.stdout).toMatch(/MEND {2}HTTPS_PROXY is not the address of a proxy/);
  expect(doctor.stdout).not.toMatch(/cret|zoe/);
});

it.each([
  ['SSL_CERT_FILE', (caFile: string) => ({ SSL_CERT_FILE: caFile, SSL_CERT_DIR: '' })],
  [
    'SSL_CERT_DIR',
    (_caFile: string, root: string) => ({ SSL_CERT_FILE: '', SSL_CERT_DIR: `/nowhere:${root}` }),
  ],
  ['NODE_EXTRA_CA_CERTS', (caFile: string) => ({ NODE_EXTRA_CA_CERTS: caFile })],
  ['P2P_COPY_CA_FILE', (caFile: string) => ({ P2P_COPY_CA_FILE: caFile })],
])('%s names the authority of a relay, for every command', async (variable, setBy) => {
  const { relay, root, caFile } = await startSecureRelay();
  const set: Record<string, string> = { NODE_EXTRA_CA_CERTS: '', ...setBy(caFile, root) };
  await transferred(['--relay', relay], set);
  expect(await finished(['verify-site', relay], { set })).toMatchObject({ exitCode: 0 });
  const doctor = await finished(['doctor', '--relay', relay], { set });
  expect(doctor.stdout).toContain(`${variable}=“`);
  const without = await finished(['doctor', '--relay', relay], { set: { NODE_EXTRA_CA_CERTS: '' } });
  expect(without.stdout).toContain('is not trusted');
});

it('SSL_CERT_FILE stands in place of the system’s authorities, and one that can’t be read is said', async () => {
  const { relay, root, caFile } = await startSecureRelay();
  const other = join(root, 'other.pem');
  writeFileSync(other, (await (await makeAuthority()).issue()).cert);
  const bare = { SSL_CERT_DIR: '', NODE_EXTRA_CA_CERTS: '' };
  const replaced = await finished(['doctor', '--relay', relay], { set: { ...bare, SSL_CERT_FILE: other } });
  expect(replaced.stdout).toMatch(/checked against SSL_CERT_FILE=“[^”]+other\.pem” \(1\)\./);
  expect(replaced.stdout).toContain('is not trusted');
  const both = { ...bare, SSL_CERT_FILE: other, P2P_COPY_CA_FILE: caFile };
  await transferred(['--relay', relay], both);
  const missing = { ...bare, SSL_CERT_FILE: join(root, 'missing.pem') };
  const ended = await finished(['send', '--text', 'x', '--relay', relay], { set: missing });
  expect(ended).toMatchObject({
    exitCode: 3,
    stderr: expect.stringMatching(/missing\.pem” of SSL_CERT_FILE cannot be read/),
  });
  const doctor = await finished(['doctor', '--relay', relay], { set: missing });
  expect(doctor.stdout).toMatch(/MEND {2}The file of certificates “[^”]+missing\.pem” of SSL_CERT_FILE/);
});

it('what speaks SOCKS is loaded where a proxy of that kind is named, and nowhere else', async () => {
  const { relay } = await startNamedRelay();
  const record = join(await scratchFolder(), 'loaded');
  const loaded = async (kind: string) => {
    const proxy = await started(kind);
    writeFileSync(record, '');
    const set = {
      HTTP_PROXY: `${kind}://${WRITTEN}@127.0.0.1:${proxy.port}`,
      NODE_OPTIONS: `--import=${RECORDER}`,
      LOADED_FILES: record,
    };
    expect(await finished(['doctor', '--relay', relay], { set })).toMatchObject({ exitCode: 0 });
    const files = readFileSync(record, 'utf8')
      .split('\n')
      .filter((url) => url.startsWith('file:'));
    return files.some((url) =>
      readFileSync(fileURLToPath(url), 'utf8').includes('Socks5 Authentication failed'),
    );
  };
  expect([await loaded('http'), await loaded('socks5h')]).toEqual([false, true]);
});
