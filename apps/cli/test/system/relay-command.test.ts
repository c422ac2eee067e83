import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { expect, it } from 'vitest';
import { scratchFolder } from '../scratch.ts';
import { finished, run, startRelayProcess } from './cli-process.ts';

it('prints where it is, answers, and ends with 0 when told to stop', async () => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    const relay = run(['relay', '--host', '127.0.0.1', '--port', '0']);
    const [, url] = await relay.says(/^On this device: (http:\/\/127\.0\.0\.1:\d+)$/m);
    expect((await fetch(`${url}/healthz`)).ok).toBe(true);
    relay.kill(signal);
    expect(await relay.exitCode).toBe(0);
  }
});

it('prints for other devices only addresses that their browsers work with, and the fingerprint to compare', async () => {
  const state = join(await scratchFolder(), 'state');
  const relay = run(['relay', '--port', '0'], { set: { P2P_COPY_STATE: state } });
  const [, port] = await relay.says(/^On this device: http:\/\/127\.0\.0\.1:(\d+)$/m);
  await relay.says(/^Ctrl-C stops it\.$/m);
  const text = relay.stdout.toString();
  const others = [...text.matchAll(/^In this network: (\S+)$/gm)].map(([, url]) => url);
  expect(others).toEqual(addressesHere().map((address) => `https://${address}:${port}`));
  const [, fingerprint] = /^((?:[\dA-F]{2}:){31}[\dA-F]{2})$/m.exec(text)!;
  const certFile = join(state, 'relay-certificate/cert.pem');
  for (const name of ['localhost', ...addressesHere()])
    expect(await fingerprintAt(Number(port), name, certFile)).toBe(fingerprint);
  expect((await fetch(`http://127.0.0.1:${port}/healthz`)).ok).toBe(true);
  for (const address of addressesHere()) {
    const sent = await fetch(`http://${address}:${port}/version`, { redirect: 'manual' });
    expect([sent.status, sent.headers.get('location')]).toEqual([307, `https://${address}:${port}/version`]);
  }
  relay.kill('SIGINT');
  expect(await relay.exitCode).toBe(0);
});

it('says that a port is taken', async () => {
  const first = await startRelayProcess();
  const second = await finished(['relay', '--host', '127.0.0.1', '--port', new URL(first.url).port]);
  expect(second).toMatchObject({ exitCode: 2, stdout: '' });
  expect(second.stderr).toContain('another program already uses this port');
  await first.stop();
});

it('makes a certificate, keeps it, and says how to know it', async () => {
  const state = join(await scratchFolder(), 'state');
  const fingerprints: string[] = [];
  for (const host of ['0.0.0.0', '127.0.0.1']) {
    const relay = run(['relay', '--self-signed', '--host', host, '--port', '0'], {
      set: { P2P_COPY_STATE: state },
    });
    const [, port] = await relay.says(/^On this device: http:\/\/127\.0\.0\.1:(\d+)$/m);
    await relay.says(/^Ctrl-C stops it\.$/m);
    const text = relay.stdout.toString();
    expect(text).toContain('A browser will ask whether to go on');
    const [, fingerprint] = /^((?:[\dA-F]{2}:){31}[\dA-F]{2})$/m.exec(text)!;
    const [, certFile] = /^For command lines: --ca-file (.*)$/m.exec(text)!;
    expect(certFile).toBe(join(state, 'relay-certificate/cert.pem'));
    for (const name of ['localhost', '127.0.0.1']) {
      expect(await fingerprintAt(Number(port), name, certFile!)).toBe(fingerprint);
    }
    const others = [...text.matchAll(/^In this network: https:\/\/([\d.]+):\d+$/gm)].map(
      ([, address]) => address!,
    );
    expect(others.length).toBe(host === '0.0.0.0' ? addressesHere().length : 0);
    for (const other of others) expect(await fingerprintAt(Number(port), other, certFile!)).toBe(fingerprint);
    fingerprints.push(fingerprint!);
    relay.kill('SIGINT');
    expect(await relay.exitCode).toBe(0);
  }
  expect(fingerprints[1]).toBe(fingerprints[0]);
});

it('takes --self-signed or files, not both', async () => {
  const state = join(await scratchFolder(), 'state');
  for (const option of ['--certfile', '--keyfile']) {
    const both = await finished(['relay', '--port', '0', '--self-signed', option, 'x.pem'], {
      set: { P2P_COPY_STATE: state },
    });
    expect(both).toMatchObject({ exitCode: 2, stdout: '' });
    expect(both.stderr).toContain(`Both --self-signed and ${option} say which certificate to show.`);
  }
  expect(existsSync(state)).toBe(false);
});

it('says where it can’t keep its certificate', async () => {
  const state = join(await scratchFolder(), 'file');
  writeFileSync(state, '');
  const relay = await finished(['relay', '--port', '0', '--self-signed'], { set: { P2P_COPY_STATE: state } });
  expect(relay).toMatchObject({ exitCode: 2, stdout: '' });
  expect(relay.stderr).toContain('Set P2P_COPY_STATE to a folder that this user may write to.');
});

it('serves http alone where it can’t keep a certificate that nobody asked for, and says so', async () => {
  const state = join(await scratchFolder(), 'file');
  writeFileSync(state, '');
  const relay = run(['relay', '--port', '0'], { set: { P2P_COPY_STATE: state } });
  await relay.says(/own certificate can't be kept in .* Until then this relay serves http alone\./);
  const [, url] = await relay.says(/^On this device: (http:\S+)$/m);
  expect((await fetch(`${url}/healthz`)).ok).toBe(true);
  relay.kill('SIGINT');
  expect(await relay.exitCode).toBe(0);
});

it.each([
  ['0.0.0.0', addressesHere().length > 0],
  ['127.0.0.1', false],
])('with --http at %s says what other devices need: %s', async (host, isTold) => {
  const state = join(await scratchFolder(), 'state');
  const relay = run(['relay', '--http', '--host', host, '--port', '0'], { set: { P2P_COPY_STATE: state } });
  await relay.says(/^Ctrl-C stops it\.$/m);
  const text = relay.stdout.toString();
  expect(/^Browsers on other devices need https for the app/m.test(text)).toBe(isTold);
  expect(text).not.toContain('https://');
  expect(existsSync(state)).toBe(false);
  const [, port] = /^On this device: .*:(\d+)$/m.exec(text)!;
  for (const address of isTold ? addressesHere() : [])
    expect((await fetch(`http://${address}:${port}/version`, { redirect: 'error' })).ok).toBe(true);
  relay.kill('SIGINT');
  expect(await relay.exitCode).toBe(0);
});

function addressesHere(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((found) => found ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address);
}

/** What a client is shown that goes to `name` and trusts that certificate; rejects when it isn't convinced. */
function fingerprintAt(port: number, name: string, certFile: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: name, ca: readFileSync(certFile) }, () => {
      resolve(socket.getPeerX509Certificate()!.fingerprint256);
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

it('prints a QR code on a terminal only, and which congestion control the system has', async () => {
  const blocks = /[█▀▄]/;
  const piped = run(['relay', '--host', '127.0.0.1', '--port', '0']);
  await piped.says(/^Ctrl-C stops it\.$/m);
  expect(piped.stdout.toString()).not.toMatch(blocks);
  const file = '/proc/sys/net/ipv4/tcp_congestion_control';
  if (existsSync(file)) {
    const name = readFileSync(file, 'utf8').trim();
    expect(piped.stdout.toString()).toContain(`TCP congestion control: ${name}.`);
  }
  piped.kill('SIGINT');
  expect(await piped.exitCode).toBe(0);
  const state = join(await scratchFolder(), 'state');
  for (const [args, isScanned] of [
    [['--host', '::'], addressesHere().length > 0],
    // Nothing that another device could open.
    [['--host', '127.0.0.1'], false],
    [['--host', '::', '--http'], false],
  ] as const) {
    const shown = run(['relay', '--port', '0', ...args], { terminal: true, set: { P2P_COPY_STATE: state } });
    await shown.says(/Ctrl-C stops it\./);
    expect(blocks.test(shown.stdout.toString())).toBe(isScanned);
  }
});

it('tells at the admin address what it does, in words, as JSON and by the exit code', async () => {
  const socket = join(await scratchFolder(), 'admin.sock');
  const where = { set: { P2P_COPY_RELAY_ADMIN_LISTEN: `unix:${socket}` } };
  const relay = await startRelayProcess('0', [], where);
  const words = await finished(['relay', 'status'], where);
  expect([words.exitCode, words.stderr]).toEqual([0, '']);
  expect(words.stdout).toMatch(/^p2p-copy relay \d\S+ takes newcomers\. Running for: \d+ s$/m);
  expect(words.stdout).toMatch(/^Connections: 0 of [\d,]+ \(0 greeting, 0 waiting, 0 paired, 0 leaving\)$/m);
  expect(words.stdout).toMatch(/^Refused: nothing$/m);
  const json = await finished(['relay', 'status', '--json', '--admin-listen', `unix:${socket}`]);
  expect(JSON.parse(json.stdout)).toMatchObject({ state: 'ready', pairs: 0, refusals: {} });
  expect(await finished(['relay', 'status', '--check'], where)).toEqual({
    exitCode: 0,
    stdout: '',
    stderr: '',
  });
  await relay.stop();
  const gone = await finished(['relay', 'status', '--check'], where);
  expect([gone.exitCode, gone.stdout]).toEqual([1, '']);
  expect(gone.stderr).toContain(`No relay answers at unix:${socket}.`);
  const nowhere = await finished(['relay', 'status']);
  expect([nowhere.exitCode, nowhere.stdout]).toEqual([2, '']);
  expect(nowhere.stderr).toContain('--admin-listen');
});
