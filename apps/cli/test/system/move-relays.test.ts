// A relay that is told to stop: newcomers are refused, its probes say so, and who is in the middle of a transfer goes on
// at another relay without being told.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { scrape } from '../../../relay/test/metrics/scrape.ts';
import { opaqueKey, RelayClient } from '../../../relay/test/relay-client.ts';
import { startRelay } from '../../src/library/relay/start-relay.ts';
import { scratchFolder } from '../scratch.ts';
import { type CliProcess, codeOf, type RelayProcess, run, startRelayProcess } from './cli-process.ts';

const PIECE = Buffer.alloc(8 * 1024 * 1024, 'p');
const PAIRS = 'p2p_copy_relay_pairs';
const TO_RECEIVER = 'p2p_copy_relay_bytes_total{direction="to_receiver"}';

describe('a relay that is told to stop', () => {
  it('is alive but not ready, refuses newcomers, and lets its pair go on', async () => {
    const { relay, admin } = await measuredRelay(['--drain-timeout', '60s']);
    expect((await fetch(`${admin}/readyz`)).status).toBe(200);
    const sender = (await RelayClient.connect(relay.url)).hello('sender', opaqueKey('k'));
    const receiver = (await RelayClient.connect(relay.url)).hello('receiver', opaqueKey('k'));
    const waiting = (await RelayClient.connect(relay.url)).allocate();
    await Promise.all([sender.nextJson(), receiver.nextJson(), waiting.nextJson()]);
    relay.process.kill('SIGTERM');
    expect(await waiting.nextClose()).toBe(1001);
    await expect(RelayClient.connect(relay.url)).rejects.toThrow();
    const ready = await fetch(`${admin}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([503, { status: 'draining' }]);
    expect((await fetch(`${admin}/healthz`)).status).toBe(200);
    const figures = await scrape(admin);
    expect([figures.get('p2p_copy_relay_draining'), figures.get(PAIRS)]).toEqual([1, 1]);
    expect(await (await fetch(`${admin}/status`)).json()).toMatchObject({ state: 'draining', pairs: 1 });
    sender.socket.send(PIECE.subarray(0, 1_000));
    expect(await receiver.nextBytes()).toHaveLength(1_000);
    sender.socket.close();
    expect(await receiver.nextClose()).toBe(4410);
    expect(await relay.process.exitCode).toBe(0);
    await expect(fetch(`${admin}/readyz`)).rejects.toThrow();
  });

  it('sends both ends of a pair away with 1001 when its time is over, and ends', async () => {
    const { relay } = await measuredRelay(['--drain-timeout', '0']);
    const sender = (await RelayClient.connect(relay.url)).hello('sender', opaqueKey('k'));
    const receiver = (await RelayClient.connect(relay.url)).hello('receiver', opaqueKey('k'));
    await Promise.all([sender.nextJson(), receiver.nextJson()]);
    relay.process.kill('SIGTERM');
    expect([await sender.nextClose(), await receiver.nextClose()]).toEqual([1001, 1001]);
    expect(await relay.process.exitCode).toBe(0);
  });

  it('and a successor at the same port: a transfer in the middle goes on there, and nobody is told', async () => {
    const first = await startRelay({ host: '127.0.0.1', port: 0, logLevel: 'silent' });
    const transfer = await halfway(first.url);
    const { port } = first;
    await first.close();
    const second = await startRelay({ host: '127.0.0.1', port, logLevel: 'silent' });
    await transfer.finish();
    await second.close();
  });
});

const hasHaproxy = spawnSync('haproxy', ['-v']).status === 0;
const why = hasHaproxy ? '' : ' (skipped: no haproxy here; apt-get install haproxy)';

describe.skipIf(!hasHaproxy)(`two relays behind haproxy${why}`, () => {
  it('a transfer moves from the one that stops to the other, and nobody is told', async () => {
    const relays = [await measuredRelay(['--drain-timeout', '0']), await measuredRelay([])];
    const url = await balancer(relays.map(({ relay }) => relay));
    const transfer = await halfway(url);
    const figures = await Promise.all(relays.map(({ admin }) => scrape(admin)));
    const [busy, idle] = figures[0]!.get(PAIRS)! > 0 ? relays : [...relays].reverse();
    // What is waited under at a relay goes with it: only the pair's relay is stopped.
    busy!.relay.process.kill('SIGTERM');
    expect(await busy!.relay.process.exitCode).toBe(0);
    await transfer.finish();
    // A scrape may be a second old.
    await vi.waitFor(async () => {
      expect((await scrape(idle!.admin)).get(TO_RECEIVER)).toBeGreaterThan(0);
    }, 5_000);
  });
});

/** A relay with an admin address. */
async function measuredRelay(args: readonly string[]): Promise<{ relay: RelayProcess; admin: string }> {
  const relay = await startRelayProcess('0', ['--admin-listen', '127.0.0.1:0', ...args]);
  const [, admin] = await relay.process.says(/^Administration: (\S+)$/m);
  return { relay, admin: admin! };
}

/** A transfer of two pieces, of which the first has arrived. */
async function halfway(relayUrl: string): Promise<{ finish(): Promise<void> }> {
  const folder = await scratchFolder();
  const set = { P2P_COPY_RELAY: relayUrl };
  const sender = run(['send', '-'], { set });
  const receiver = run(['receive', await codeOf(sender), '--yes', '--out', folder], { set });
  sender.type(PIECE);
  // A stream's last chunk waits for its end.
  const isThere = () => arrivedBytes(folder) >= PIECE.length - 256 * 1024 || null;
  await receiver.until(isThere, 'first piece');
  return {
    async finish() {
      sender.child.stdin!.end(PIECE);
      expect([await sender.exitCode, await receiver.exitCode]).toEqual([0, 0]);
      for (const end of [sender, receiver]) expectNothingSaid(end);
      const [name, ...others] = readdirSync(folder);
      expect(others).toEqual([]);
      expect(readFileSync(join(folder, name!)).equals(Buffer.concat([PIECE, PIECE]))).toBe(true);
    },
  };
}

function expectNothingSaid({ stderr }: CliProcess): void {
  expect(stderr).not.toMatch(/lost|Reconnect|Connected again|Paused/i);
}

function arrivedBytes(folder: string): number {
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}

/** haproxy in front of relays: both ends of a meeting go to the same one, and to another when that is gone. */
async function balancer(relays: readonly RelayProcess[]): Promise<string> {
  const folder = await scratchFolder();
  const port = await freePort();
  const servers = relays.map(
    ({ url }, index) => `  server relay${index} ${new URL(url).host} check inter 1s`,
  );
  writeFileSync(
    join(folder, 'haproxy.cfg'),
    `global
  maxconn 200
defaults
  mode http
  timeout connect 2s
  timeout client 60s
  timeout server 60s
  timeout tunnel 1h
  retries 3
  option redispatch 1
frontend clients
  bind 127.0.0.1:${port}
  default_backend relays
backend relays
  balance url_param k
  hash-type consistent
${servers.join('\n')}
`,
  );
  const haproxy = spawn('haproxy', ['-db', '-f', join(folder, 'haproxy.cfg')], { stdio: 'ignore' });
  onTestFinished(() => ended(haproxy));
  const url = `http://127.0.0.1:${port}`;
  while (!(await fetch(`${url}/healthz`).catch(() => null))?.ok);
  return url;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}
