// A relay with a certificate of the operator's own authority: both wires over wss, and a renewal in between.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { partName } from '@p2p-copy/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Authority, type Issued, makeAuthority } from '../../../relay/test/tls/make-certificates.ts';
import { scratchFolder } from '../scratch.ts';
import { type CliProcess, codeOf, finished, run } from './cli-process.ts';
import { makeTree } from './tree.ts';

let authority: Authority;
beforeAll(async () => {
  authority = await makeAuthority();
});

interface SecureRelay {
  root: string;
  relay: CliProcess;
  port: string;
  caFile: string;
  write(issued: Issued): void;
}

async function startSecureRelay(root: string): Promise<SecureRelay> {
  const [certFile, keyFile, caFile] = ['cert.pem', 'key.pem', 'ca.pem'].map((name) => join(root, name));
  const write = ({ cert, key }: Issued) => {
    writeFileSync(certFile!, cert);
    writeFileSync(keyFile!, key);
  };
  write(await authority.issue());
  writeFileSync(caFile!, authority.ca);
  const args = ['run-relay-server', 'localhost', '0', '--certfile', certFile!, '--keyfile', keyFile!];
  const relay = run(args);
  const [, port] = await relay.says(/Relay listening on wss:\/\/localhost:(\d+)/);
  return { root, relay, port: port!, caFile: caFile!, write };
}

let secure: SecureRelay;
beforeAll(async () => {
  secure = await startSecureRelay(mkdtempSync(join(tmpdir(), 'p2p-copy-tls-')));
});
afterAll(async () => {
  secure.relay.kill('SIGTERM');
  await secure.relay.exitCode;
  rmSync(secure.root, { recursive: true });
});

it.each(['localhost', '127.0.0.1'])('carries the classic wire at %s', async (host) => {
  const root = await scratchFolder();
  makeTree(root, { 'data/a': 'x'.repeat(2_000_000), 'data/empty': '' });
  const server = `wss://${host}:${secure.port}`;
  const trust = ['--ca-file', secure.caFile, '--encrypt'];
  const receiver = run(['receive', server, `tls ${host}`, '--out', join(root, 'out'), ...trust]);
  const sender = await finished(['send', server, `tls ${host}`, join(root, 'data'), ...trust]);
  expect([sender.exitCode, await receiver.exitCode]).toEqual([0, 0]);
  execFileSync('diff', ['-r', join(root, 'data'), join(root, 'out/data')]);
});

it('carries version 2', async () => {
  const root = await scratchFolder();
  makeTree(root, { f: 'x'.repeat(500_000) });
  const there = ['--relay', `https://localhost:${secure.port}`, '--ca-file', secure.caFile];
  const sender = run(['send', join(root, 'f'), ...there]);
  const receiver = await finished([
    'receive',
    await codeOf(sender),
    '--yes',
    '--out',
    join(root, 'out'),
    ...there,
  ]);
  expect([await sender.exitCode, receiver.exitCode]).toEqual([0, 0]);
});

it('is not trusted without --ca-file, and a file that holds none is told', async () => {
  const root = await scratchFolder();
  makeTree(root, {
    f: 'x',
    'no.pem': 'nothing',
    'bad.pem': '-----BEGIN CERTIFICATE-----\nxx\n-----END CERTIFICATE-----\n',
  });
  const args = ['send', `wss://localhost:${secure.port}`, 'code', join(root, 'f')];
  const stranger = await finished(args);
  expect(stranger.exitCode).toBe(3);
  expect(stranger.stderr).toMatch(/certificate is not trusted .*--ca-file/);
  for (const [file, words] of [
    ['missing.pem', 'cannot be read'],
    ['no.pem', 'holds none in PEM format'],
    ['bad.pem', 'is damaged'],
  ]) {
    const refused = await finished([...args, '--ca-file', join(root, file!)]);
    expect(refused.exitCode).toBe(3);
    expect(refused.stderr).toContain(words);
  }
});

it('takes a renewed certificate, and running transfers go on', async () => {
  const { root, relay, port, caFile, write } = await startSecureRelay(await scratchFolder());
  const server = `wss://localhost:${port}`;
  const trust = ['--ca-file', caFile];
  writeFileSync(join(root, 'long'), '');
  truncateSync(join(root, 'long'), 500_000_000);
  const part = join(root, 'out', partName('long'));
  const receiver = run(['receive', server, 'renewal', '--out', join(root, 'out'), ...trust]);
  const sender = run(['send', server, 'renewal', join(root, 'long'), '--compress', 'off', ...trust]);
  await receiver.until(() => (existsSync(part) && statSync(part).size > 5_000_000 ? true : null), 'a part');
  // Held, so that the transfer surely outlives the renewal.
  receiver.kill('SIGSTOP');

  const other = await makeAuthority();
  write(await other.issue());
  const newCa = join(root, 'new-ca.pem');
  writeFileSync(newCa, other.ca);
  while (!(await isTrusted(port, other.ca))) await new Promise((resolve) => setTimeout(resolve, 200));
  makeTree(root, { f: 'x' });
  const second = run(['receive', server, 'second', '--out', join(root, 'second'), '--ca-file', newCa]);
  const first = await finished(['send', server, 'second', join(root, 'f'), '--ca-file', newCa]);
  expect([first.exitCode, await second.exitCode]).toEqual([0, 0]);

  receiver.kill('SIGCONT');
  const ended = [await sender.exitCode, await receiver.exitCode];
  expect(ended, sender.stderr + receiver.stderr).toEqual([0, 0]);
  expect(statSync(join(root, 'out/long')).size).toBe(500_000_000);
  relay.kill('SIGTERM');
  expect(await relay.exitCode).toBe(0);
});

/** Whether what the relay shows is of this authority. */
function isTrusted(port: string, ca: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port: Number(port), ca, servername: 'localhost' });
    const answer = (trusted: boolean) => {
      socket.destroy();
      resolve(trusted);
    };
    socket.once('secureConnect', () => answer(true));
    socket.once('error', () => answer(false));
  });
}
