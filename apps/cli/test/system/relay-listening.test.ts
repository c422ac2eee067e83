// Where a relay listens, and how it is told to read its settings again: real processes, sockets and signals.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { request } from 'node:http';
import { createServer, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import { dirname, join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { scratchFolder } from '../scratch.ts';
import { BIN, type CliProcess, finished, run } from './cli-process.ts';

const HAS_IPV6 = networkInterfaces().lo?.some(({ family }) => family === 'IPv6') ?? false;

/** Begins a warning where tests may open fewer files than a relay's caps need. */
const FEW_FILES = 'This process may have';

async function started(args: readonly string[], set: Record<string, string> = {}): Promise<CliProcess> {
  const relay = run(['relay', ...args], { set });
  await relay.says(/^Ctrl-C stops it\.$/m);
  return relay;
}

async function stopped(relay: CliProcess): Promise<void> {
  relay.kill('SIGTERM');
  expect(await relay.exitCode).toBe(0);
}

function portsOf(relay: CliProcess, pattern: RegExp): number[] {
  return [...relay.stdout.toString().matchAll(pattern)].map(([, port]) => Number(port));
}

/** The health that is told at a TCP port or a unix socket. */
function healthAt(
  place: { host: string; port: number } | { socketPath: string },
): Promise<{ status: string }> {
  return new Promise((resolve, reject) => {
    const asked = request({ ...place, path: '/healthz', agent: false }, async (answer) => {
      const pieces = await answer.toArray();
      resolve(JSON.parse(Buffer.concat(pieces).toString()));
    });
    asked.on('error', reject).end();
  });
}

describe('addresses', () => {
  it.runIf(HAS_IPV6)('are of both families by default', async () => {
    const relay = await started(['--port', '0']);
    const [port] = portsOf(relay, /^On this device: http:\/\/127\.0\.0\.1:(\d+)$/gm);
    for (const host of ['127.0.0.1', '::1']) {
      expect(await healthAt({ host, port: port! })).toMatchObject({ status: 'ok' });
    }
    await stopped(relay);
  });

  it('are of IPv4 alone where the system has no IPv6, without a word', async () => {
    const script = join(import.meta.dirname, 'without-ipv6.py');
    const child = spawn('python3', [script, process.execPath, BIN, 'relay', '--port', '0'], {
      env: { ...process.env, NO_COLOR: '1', P2P_COPY_STATE: await scratchFolder() },
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    const url = await lineOf(child, /^On this device: (http:\/\/127\.0\.0\.1:\d+)$/m);
    expect((await fetch(`${url}/healthz`)).ok).toBe(true);
    child.kill('SIGTERM');
    expect(await once(child, 'close')).toEqual([0, null]);
  });

  it('can be several, each of which serves', async () => {
    const relay = await started(['--listen', '127.0.0.1:0', '--listen', '127.0.0.1:0,localhost:0']);
    const ports = portsOf(relay, /^Listens at: http:\/\/127\.0\.0\.1:(\d+)$/gm);
    expect(new Set(ports).size).toBe(3);
    for (const port of ports)
      expect(await healthAt({ host: '127.0.0.1', port })).toMatchObject({ status: 'ok' });
    await stopped(relay);
  });

  it.runIf(HAS_IPV6)('may name both wildcards with one port', async () => {
    const free = createServer().listen(0, '::');
    await once(free, 'listening');
    const { port } = free.address() as { port: number };
    free.close();
    const relay = await started(['--listen', `0.0.0.0:${port},[::]:${port}`]);
    for (const host of ['127.0.0.1', '::1']) {
      expect(await healthAt({ host, port })).toMatchObject({ status: 'ok' });
    }
    await stopped(relay);
  });

  it('are all taken or none: one that is in use ends the start with what to do', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void taken.close());
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    const path = join(await scratchFolder(), 'relay.sock');
    const second = await finished(['relay', '--listen', `unix:${path},127.0.0.1:${port}`]);
    expect(second).toMatchObject({ exitCode: 2, stdout: '' });
    expect(second.stderr).toContain(
      `Can't listen on 127.0.0.1:${port}: another program already uses this port`,
    );
    expect(existsSync(path)).toBe(false);
  });

  it('for administration are apart: health is there, the app and the relay are not', async () => {
    const relay = await started(['--listen', '127.0.0.1:0', '--admin-listen', '127.0.0.1:0']);
    const [port] = portsOf(relay, /^Administration: http:\/\/127\.0\.0\.1:(\d+)$/gm);
    const url = `http://127.0.0.1:${port}`;
    expect(await (await fetch(`${url}/healthz`)).json()).toMatchObject({ status: 'ok', pairs: 0 });
    expect((await fetch(url)).status).toBe(404);
    expect((await fetch(`${url}/ws`)).status).toBe(404);
    // A web page that a person on this machine has open.
    expect((await fetch(`${url}/healthz`, { headers: { origin: 'https://evil.example' } })).status).toBe(403);
    expect(relay.stderr).not.toContain('Whoever reaches');
    await stopped(relay);
  });

  it('for administration that strangers reach are warned of', async () => {
    const relay = await started(['--listen', '127.0.0.1:0', '--admin-listen', '0.0.0.0:0']);
    await relay.says(/Whoever reaches http:\/\/0\.0\.0\.0:\d+ sees this relay's metrics\./);
    await stopped(relay);
  });
});

describe('a unix socket', () => {
  it('serves, has its mode from the start, and is gone with the relay', async () => {
    const path = join(await scratchFolder(), 'relay.sock');
    for (const [mode, args] of [
      [0o660, []],
      [0o600, ['--socket-mode', '600']],
    ] as const) {
      const relay = await started(['--listen', `unix:${path}`, ...args]);
      expect(relay.stdout.toString()).toContain(`Listens at: unix:${path}`);
      expect(statSync(path).mode & 0o777).toBe(mode);
      expect(await healthAt({ socketPath: path })).toMatchObject({ status: 'ok' });
      await stopped(relay);
      expect(existsSync(path)).toBe(false);
    }
  });

  it('of a killed relay is replaced', async () => {
    const path = join(await scratchFolder(), 'relay.sock');
    const first = await started(['--listen', `unix:${path}`]);
    first.kill('SIGKILL');
    await first.exitCode;
    expect(statSync(path).isSocket()).toBe(true);
    const second = await started(['--listen', `unix:${path}`]);
    expect(await healthAt({ socketPath: path })).toMatchObject({ status: 'ok' });
    await stopped(second);
  });

  it('of a living relay is not', async () => {
    const path = join(await scratchFolder(), 'relay.sock');
    const first = await started(['--listen', `unix:${path}`]);
    const second = await finished(['relay', '--listen', `unix:${path}`]);
    expect(second).toMatchObject({ exitCode: 2, stdout: '' });
    expect(second.stderr).toContain(`Can't listen on unix:${path}: another program answers there.`);
    expect(await healthAt({ socketPath: path })).toMatchObject({ status: 'ok' });
    await stopped(first);
  });

  it.each([
    ['a file', (path: string) => writeFileSync(path, 'mine'), 'something that is no socket stands there'],
    ['a folder', (path: string) => mkdirSync(path), 'something that is no socket stands there'],
    [
      'a link to a file',
      (path: string) => {
        writeFileSync(`${path}.target`, 'mine');
        symlinkSync(`${path}.target`, path);
      },
      'something that is no socket stands there',
    ],
  ])('never replaces %s', async (_name, make, reason) => {
    const path = join(await scratchFolder(), 'relay.sock');
    make(path);
    const before = statSync(path);
    const relay = await finished(['relay', '--listen', `unix:${path}`]);
    expect(relay).toMatchObject({ exitCode: 2, stdout: '' });
    expect(relay.stderr).toContain(`Can't listen on unix:${path}: ${reason}`);
    expect(statSync(path).ino).toBe(before.ino);
    if (before.isFile()) expect(readFileSync(path, 'utf8')).toBe('mine');
  });

  it('in a folder that isn’t there is refused with what to do', async () => {
    const path = join(await scratchFolder(), 'none', 'relay.sock');
    const relay = await finished(['relay', '--listen', `unix:${path}`]);
    expect(relay).toMatchObject({ exitCode: 2 });
    expect(relay.stderr).toContain(
      `Can't listen on unix:${path}: there is no folder ${dirname(path)}. Make it`,
    );
  });
});

describe('sockets of systemd', () => {
  it('are listened on, in place of the default address', async () => {
    const [web, admin] = await Promise.all([listening(), listening()]);
    const child = withSockets([web, admin], ['relay'], { LISTEN_FDS: '2', LISTEN_FDNAMES: 'web:admin' });
    const { port } = web.address() as { port: number };
    expect(await lineOf(child, /^On this device: (\S+)$/m)).toBe(`http://127.0.0.1:${port}`);
    // Only the relay's copies are left.
    for (const server of [web, admin]) server.close();
    expect(await healthAt({ host: '127.0.0.1', port })).toMatchObject({ status: 'ok' });
    const { status } = await fetch(`http://127.0.0.1:${portOf(child, /^Administration: \S+:(\d+)$/m)}/`);
    expect(status).toBe(404);
    child.kill('SIGTERM');
    expect(await once(child, 'close')).toEqual([0, null]);
  });

  it('that are none are named', async () => {
    const relay = await finished(['relay', '--listen', 'fd:77']);
    expect(relay).toMatchObject({ exitCode: 2, stdout: '' });
    expect(relay.stderr).toContain(
      "Can't listen on fd:77: this process was not started with a listening socket",
    );
  });
});

describe('SIGHUP', () => {
  async function withFile(first: object): Promise<{ relay: CliProcess; url: string; path: string }> {
    const path = join(await scratchFolder(), 'relay.json');
    writeFileSync(path, JSON.stringify(first));
    const relay = await started(['--config', path, '--host', '127.0.0.1', '--port', '0']);
    const [, url] = await relay.says(/On this device: (\S+)/);
    return { relay, url: url!, path };
  }

  it('puts a changed file in force', async () => {
    const { relay, url, path } = await withFile({});
    const origin = 'https://page.example';
    expect(await statusOfUpgrade(url, origin)).toBe(403);
    writeFileSync(path, JSON.stringify({ allowedOrigins: [origin], maxWaiting: 7 }));
    relay.kill('SIGHUP');
    await relay.says(/^Settings changed: maxWaiting, allowedOrigins\.$/m);
    expect(await statusOfUpgrade(url, origin)).toBe(101);
    await stopped(relay);
  });

  it('names what needs a restart, and takes the rest', async () => {
    const { relay, url, path } = await withFile({});
    writeFileSync(path, JSON.stringify({ webRoot: 'elsewhere', headersTimeout: '20s', logLevel: 'error' }));
    relay.kill('SIGHUP');
    await relay.says(/^Settings changed: logLevel\.$/m);
    await relay.says(/^These settings need a restart: webRoot, headersTimeout\.$/m);
    expect((await fetch(url)).ok).toBe(true);
    await stopped(relay);
  });

  it.each([
    ['isn’t JSON', (path: string) => writeFileSync(path, '{'), 'it is not JSON'],
    ['names no setting', (path: string) => writeFileSync(path, '{"prot": 1}'), 'Did you mean port?'],
    [
      'has a bad value',
      (path: string) => writeFileSync(path, '{"maxWaiting": 0}'),
      'allowed: a whole number',
    ],
    [
      'contradicts itself',
      (path: string) => writeFileSync(path, '{"certFile": "a"}'),
      'There is a certificate file for TLS, but no key file.',
    ],
  ])(
    'with a file that %s leaves the old settings, with one line that says why',
    async (_name, spoil, reason) => {
      const { relay, url, path } = await withFile({ allowedOrigins: ['https://page.example'] });
      spoil(path);
      relay.kill('SIGHUP');
      await relay.says(/^The settings were not reloaded, and the old ones stay: .*$/m);
      const lines = relay.stderr.trimEnd().split('\n');
      expect(lines.filter((line) => !line.startsWith(FEW_FILES))).toEqual([expect.stringContaining(reason)]);
      expect(await statusOfUpgrade(url, 'https://page.example')).toBe(101);
      await stopped(relay);
    },
  );

  it('a hundred times, at any moment, never ends it', async () => {
    const { relay, url, path } = await withFile({});
    for (let i = 0; i < 100; i++) {
      writeFileSync(path, i % 2 === 0 ? '{' : JSON.stringify({ maxWaiting: i + 1 }));
      relay.kill('SIGHUP');
      if (i % 10 === 0) await fetch(`${url}/healthz`);
    }
    writeFileSync(path, '{"maxWaiting": 12345}');
    const said = () => relay.stderr.length;
    const before = said();
    relay.kill('SIGHUP');
    await relay.until(() => (said() > before ? true : null), 'answer to the last one');
    expect((await fetch(`${url}/healthz`)).ok).toBe(true);
    await stopped(relay);
  });

  it.runIf(existsSync('/proc/self/status'))('while it starts doesn’t end it', async () => {
    const relay = run(['relay', '--host', '127.0.0.1', '--port', '0']);
    // As soon as a signal can be caught at all: before, Node itself ends.
    while (!catchesHangUp(relay.child.pid!)) await turn();
    expect(relay.stdout.toString()).toBe('');
    for (let i = 0; i < 10; i++) relay.kill('SIGHUP');
    await relay.says(/^Ctrl-C stops it\.$/m);
    relay.kill('SIGHUP');
    await relay.says(/^Settings read again: none has changed/m);
    await stopped(relay);
  });
});

function catchesHangUp(pid: number): boolean {
  const caught = /^SigCgt:\s*([\da-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]!;
  return (BigInt(`0x${caught}`) & 1n) === 1n;
}

/** A unix socket that another user owns can't be tried where tests run as root. */
it.skipIf(process.getuid?.() === 0)('says that a folder may not be written to', async () => {
  const folder = await scratchFolder();
  chmodSync(folder, 0o500);
  const relay = await finished(['relay', '--listen', `unix:${folder}/relay.sock`]);
  expect(relay.stderr).toContain('this user may not make a socket there');
});

function statusOfUpgrade(url: string, origin: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request(`${url}/ws`, {
      agent: false,
      headers: {
        origin,
        connection: 'upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': Buffer.alloc(16).toString('base64'),
      },
    });
    asked.on('response', (answer) => {
      answer.resume();
      resolve(answer.statusCode!);
    });
    asked.on('upgrade', (answer, socket) => {
      socket.destroy();
      resolve(answer.statusCode!);
    });
    asked.on('error', reject).end();
  });
}

async function listening(): Promise<Server> {
  const server = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  return server;
}

/** As systemd starts a service: the sockets from descriptor 3 on, and LISTEN_PID of the process itself. */
function withSockets(
  servers: readonly Server[],
  args: readonly string[],
  set: Record<string, string>,
): ChildProcess {
  const descriptors = servers.map((server) => (server as unknown as { _handle: { fd: number } })._handle.fd);
  const child = spawn('bash', ['-c', 'LISTEN_PID=$$ exec "$@"', 'bash', process.execPath, BIN, ...args], {
    stdio: ['ignore', 'pipe', 'pipe', ...descriptors],
    env: { ...process.env, NO_COLOR: '1', ...set },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

const outputs = new WeakMap<ChildProcess, { text: string }>();

/** The first group of `pattern`, once the output has it. */
async function lineOf(child: ChildProcess, pattern: RegExp): Promise<string> {
  const output = outputs.get(child) ?? { text: '' };
  outputs.set(child, output);
  const { stdout, stderr } = child;
  const wrong: string[] = [];
  stderr!.on('data', (piece) => wrong.push(String(piece)));
  for await (const piece of stdout!.iterator({ destroyOnReturn: false })) {
    output.text += piece;
    if (pattern.test(output.text) && /^Ctrl-C stops it\.$/m.test(output.text)) {
      return pattern.exec(output.text)![1]!;
    }
  }
  throw new Error(`no ${pattern} in: ${output.text}\n${wrong.join('')}`);
}

function portOf(child: ChildProcess, pattern: RegExp): number {
  return Number(pattern.exec(outputs.get(child)!.text)![1]);
}
