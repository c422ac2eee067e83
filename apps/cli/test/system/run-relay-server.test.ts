import { request } from 'node:https';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import {
  type Authority,
  certificateFolder,
  makeAuthority,
} from '../../../relay/test/tls/make-certificates.ts';
import { scratchFolder } from '../scratch.ts';
import { finished, run, startRelayProcess } from './cli-process.ts';

let authority: Authority;
beforeAll(async () => {
  authority = await makeAuthority();
});

async function certificate() {
  const files = certificateFolder();
  files.write(await authority.issue());
  return files;
}

it('serves TLS unless told otherwise, says where, and ends with 0 when told to stop', async () => {
  const { certFile, keyFile } = await certificate();
  for (const tls of [[], ['--tls']]) {
    const args = [...tls, '--certfile', certFile, '--keyfile', keyFile];
    const relay = run(['run-relay-server', '127.0.0.1', '0', ...args]);
    const [, url] = await relay.says(/^Relay listening on (wss:\/\/127\.0\.0\.1:\d+)$/m);
    expect(relay.stdout.toString()).toBe(`Relay listening on ${url}\n`);
    expect(await healthOf(url!.replace('wss', 'https'))).toMatchObject({ status: 'ok' });
    relay.kill('SIGINT');
    expect(await relay.exitCode).toBe(0);
    expect(relay.stderr).toContain('Stopping when running transfers have ended');
  }
});

it('serves without TLS when told to, and pairs clients of the Python tool', async () => {
  const relay = run(['run-relay-server', '127.0.0.1', '0', '--no-tls']);
  const [, url] = await relay.says(/^Relay listening on (ws:\/\/127\.0\.0\.1:\d+)$/m);
  const ends = (['sender', 'receiver'] as const).map((role) => {
    const socket = new WebSocket(url!);
    socket.on('open', () => socket.send(JSON.stringify({ type: 'hello', code_hash_hex: 'ab', role })));
    return socket;
  });
  const ready = await new Promise((resolve) => ends[0]!.once('message', (text) => resolve(String(text))));
  expect(ready).toBe('{"type":"ready"}');
  for (const end of ends) end.close();
  relay.kill('SIGTERM');
  expect(await relay.exitCode).toBe(0);
});

it('takes the host as it is written', async () => {
  const relay = run(['run-relay-server', '::1', '0', '--no-tls']);
  await relay.says(/^Relay listening on ws:\/\/\[::1\]:[1-9]\d*$/m);
  relay.kill('SIGINT');
  expect(await relay.exitCode).toBe(0);
});

it.each([
  ['no file', []],
  ['no key', ['--certfile', 'cert.pem']],
  ['no certificate', ['--tls', '--keyfile', 'key.pem']],
])('asks for both files, or for --no-tls: %s', async (_name, args) => {
  expect(await finished(['run-relay-server', '127.0.0.1', '0', ...args])).toEqual({
    exitCode: 2,
    stdout: '',
    stderr:
      'TLS needs a certificate and its key.\n' +
      'Give both --certfile and --keyfile, or --no-tls to serve without TLS.\n',
  });
});

it('names the file that it can’t use', async () => {
  const { certFile } = await certificate();
  const keyFile = join(await scratchFolder(), 'absent.pem');
  const args = ['run-relay-server', '127.0.0.1', '0', '--certfile', certFile, '--keyfile', keyFile];
  const { exitCode, stdout, stderr } = await finished(args);
  expect([exitCode, stdout]).toEqual([2, '']);
  expect(stderr).toBe(
    `The key file ${keyFile} can't be used: there is no such file.\nSee p2p-copy run-relay-server --help.\n`,
  );
});

it.each([
  [[], "Missing required argument 'host'."],
  [['127.0.0.1'], "Missing required argument 'port'."],
  [
    ['127.0.0.1', '65536', '--no-tls'],
    'Relay setting port is "65536" (the second argument); allowed: a whole number from 0 to 65535',
  ],
  [['127.0.0.1', '0', '--no-tls', 'more'], 'Too many arguments'],
])('refuses %j', async (args, sentence) => {
  const { exitCode, stdout, stderr } = await finished(['run-relay-server', ...args]);
  expect([exitCode, stdout]).toEqual([2, '']);
  expect(stderr).toContain(sentence);
});

it('says that a port is taken', async () => {
  const first = await startRelayProcess();
  const { port } = new URL(first.url);
  const second = await finished(['run-relay-server', '127.0.0.1', port, '--no-tls']);
  expect(second).toMatchObject({ exitCode: 2, stdout: '' });
  expect(second.stderr).toContain('another program already uses this port');
  await first.stop();
});

it('explains itself', async () => {
  const { exitCode, stdout } = await finished(['run-relay-server', '--help']);
  expect(exitCode).toBe(0);
  expect(stdout).toContain('p2p-copy run-relay-server localhost 8765 --no-tls');
  expect((await finished(['--help'])).stdout).toMatch(/^ {2}run-relay-server /m);
});

it('is there under the name relay too, with https in its addresses', async () => {
  const { certFile, keyFile } = await certificate();
  const relay = run(['relay', '--port', '0', '--certfile', certFile, '--keyfile', keyFile]);
  const [, url] = await relay.says(/^On this device: (https:\/\/127\.0\.0\.1:\d+)$/m);
  await relay.says(/^Ctrl-C stops it\.$/m);
  expect(relay.stdout.toString()).not.toContain('http:');
  expect(await healthOf(url!)).toMatchObject({ status: 'ok' });
  relay.kill('SIGINT');
  expect(await relay.exitCode).toBe(0);

  const half = await finished(['relay', '--port', '0', '--certfile', certFile]);
  expect(half).toMatchObject({ exitCode: 2, stdout: '' });
  expect(half.stderr).toContain('There is a certificate file for TLS, but no key file. Give both');
  // A variable that isn't set must not mean a relay without TLS.
  const empty = await finished(['relay', '--port', '0', '--certfile', '', '--keyfile', '']);
  expect(empty).toMatchObject({ exitCode: 2, stdout: '' });
});

/** Unlike fetch, trusts the tests' own authority. */
function healthOf(url: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const call = request(`${url}/healthz`, { ca: authority.ca }, (answer) => {
      let body = '';
      answer.setEncoding('utf8').on('data', (text) => {
        body += text;
      });
      answer.on('end', () => resolve(JSON.parse(body)));
    });
    call.on('error', reject).end();
  });
}
