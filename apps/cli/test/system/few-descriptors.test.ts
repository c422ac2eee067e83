// Processes that may have few files open, with every one of them in use: nothing that runs by a timer ends them.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { scrape } from '../../../relay/test/metrics/scrape.ts';
import { rawClient } from '../../../relay/test/raw-client.ts';
import { opaqueKey, RelayClient } from '../../../relay/test/relay-client.ts';
import { scratchFolder } from '../scratch.ts';
import { codeOf, finished, type RelayProcess, run, startRelayProcess } from './cli-process.ts';

const STACK = /^\s+at |node:internal|EMFILE/m;
const CHUNK = randomBytes(256 * 1024);

describe.skipIf(process.platform !== 'linux')('with few descriptors', () => {
  it('both ends of a transfer finish it, whatever they can’t open for a while', async () => {
    const relay = await startRelayProcess();
    const folder = await scratchFolder();
    const [source, out] = [join(folder, 'many'), join(folder, 'out')];
    mkdirSync(source);
    const names = Array.from({ length: 300 }, (_, i) => `file-${i}`);
    for (const name of names) writeFileSync(join(source, name), randomBytes(30_000));
    const few = { descriptors: 64, set: { P2P_COPY_RELAY: relay.url } };
    const sender = run(['send', source], few);
    const receiver = run(['receive', await codeOf(sender), '--yes', '--out', out], few);
    expect([await receiver.exitCode, await sender.exitCode, receiver.stderr.includes('EMFILE')]).toEqual([
      0,
      0,
      false,
    ]);
    for (const name of names) {
      expect(readFileSync(join(out, 'many', name)).equals(readFileSync(join(source, name)))).toBe(true);
    }
    await relay.stop();
  });

  it.each([
    ['sender', 64, 1_024],
    ['sender', 36, 1_024],
    ['receiver', 1_024, 64],
    ['receiver', 1_024, 36],
  ])(
    'a folder of a thousand small files arrives whole, though the %s may open few (%i, %i)',
    async (_which, ofSender, ofReceiver) => {
      const relay = await startRelayProcess();
      const folder = await scratchFolder();
      const [source, out] = [join(folder, 'many'), join(folder, 'out')];
      mkdirSync(source);
      const names = Array.from({ length: 1_000 }, (_, i) => `file-${i}`);
      for (const name of names) writeFileSync(join(source, name), `content of ${name}`);
      const set = { P2P_COPY_RELAY: relay.url };
      const sender = run(['send', source, '--compress', 'on'], { descriptors: ofSender, set });
      const receiver = run(['receive', await codeOf(sender), '--yes', '--out', out], {
        descriptors: ofReceiver,
        set,
      });
      expect([await receiver.exitCode, await sender.exitCode]).toEqual([0, 0]);
      for (const { stderr } of [sender, receiver]) expect(stderr).not.toMatch(STACK);
      for (const name of names)
        expect(readFileSync(join(out, 'many', name), 'utf8')).toBe(`content of ${name}`);
      await relay.stop();
    },
    60_000,
  );

  it.each([20, 22, 24, 26, 28])(
    'of %i, too few for a transfer, each command says how many it needs, without a stack trace',
    async (descriptors) => {
      const commands = [
        ['send', '/etc/hostname'],
        ['receive', '7-guitar-ocean', '--yes'],
        ['send', 'ws://h', 'c', 'f'],
      ];
      for (const command of commands) {
        const { exitCode, stderr } = await finished(command, { descriptors });
        expect([command, exitCode]).toEqual([command, 2]);
        expect(stderr).toMatch(/too few files open.*\nRaise the limit to at least 64 \(ulimit -n/);
        expect(stderr).not.toMatch(STACK);
      }
    },
  );

  it.each([1_024, 256, 128, 64])(
    'of %i, a relay that strangers fill refuses them, and its pair doesn’t notice',
    async (descriptors) => {
      const relay = await startRelayProcess('0', [], { descriptors });
      const [, said] = await relay.process.says(
        /may have (\d+) files open, so the relay takes \d+ connections/,
      );
      expect(said).toBe(String(descriptors));
      const pair = await pairAt(relay);
      const strangers = await fill(relay, descriptors + 100);
      expect(openFilesOf(relay)).toBeLessThan(descriptors);
      await passes(pair);
      for (const stranger of strangers) stranger.destroy();
      await newcomerGetsIn(relay);
      await passes(pair);
      for (const end of Object.values(pair)) end.socket.terminate();
      expect(await relay.stop()).toBe(0);
    },
  );

  it.each([20, 24, 28])(
    'of %i, too few for a relay, it says so and how many it needs, without a stack trace',
    async (descriptors) => {
      const { exitCode, stdout, stderr } = await finished(['relay', '--host', '127.0.0.1', '--port', '0'], {
        descriptors,
      });
      expect([exitCode, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(/too few/);
      expect(stderr).toMatch(/Raise the limit to at least 64/);
      expect(stderr).not.toMatch(/^\s+at |node:internal|Error/m);
    },
  );

  it('that run out altogether, a relay keeps the 50 pairs that run, and is still seen by its operator', async () => {
    const relay = await startRelayProcess('0', ['--admin-listen', '127.0.0.1:0']);
    const [, admin] = await relay.process.says(/^Administration: (\S+)$/m);
    const pairs = await Promise.all(
      Array.from({ length: 50 }, (_, i) => pairAt(relay, opaqueKey(`${String(i).padStart(2, '0')}k`))),
    );
    // Before they run out, as a scraper that keeps its connection has it.
    await scrape(admin!);
    limit(relay, openFilesOf(relay));
    const strangers = await fill(relay, 200);
    await Promise.all(pairs.map((pair) => passesOnce(pair)));
    await expect(RelayClient.connect(relay.url)).rejects.toThrow();
    for (const stranger of strangers) stranger.destroy();
    limit(relay, 1_000);
    await newcomerGetsIn(relay);
    await Promise.all(pairs.map((pair) => passesOnce(pair)));
    await vi.waitFor(async () => expect((await scrape(admin!)).get('p2p_copy_relay_pairs')).toBe(50), 5_000);
    for (const { sender, receiver } of pairs) {
      sender.socket.terminate();
      receiver.socket.terminate();
    }
    expect(await relay.stop()).toBe(0);
    expect(relay.process.stderr).not.toContain('Error');
  });

  it('that run out altogether, a relay refuses newcomers, and its pair doesn’t notice', async () => {
    const relay = await startRelayProcess();
    const pair = await pairAt(relay);
    limit(relay, openFilesOf(relay));
    const strangers = await fill(relay, 50);
    for (let i = 0; i < 3; i++) await passes(pair);
    await expect(RelayClient.connect(relay.url)).rejects.toThrow();
    for (const stranger of strangers) stranger.destroy();
    limit(relay, 1_000);
    await newcomerGetsIn(relay);
    await passes(pair);
    for (const end of Object.values(pair)) end.socket.terminate();
    expect(await relay.stop()).toBe(0);
    expect(relay.process.stderr).not.toContain('Error');
  });
});

interface Pair {
  sender: RelayClient;
  receiver: RelayClient;
}

async function pairAt(relay: RelayProcess, key = opaqueKey('k')): Promise<Pair> {
  const sender = (await RelayClient.connect(relay.url)).hello('sender', key);
  const receiver = (await RelayClient.connect(relay.url)).hello('receiver', key);
  await Promise.all([sender.nextJson(), receiver.nextJson()]);
  return { sender, receiver };
}

/** 16 MiB each way: long enough for every timer of the relay. */
async function passes({ sender, receiver }: Pair): Promise<void> {
  for (const [from, to] of [
    [sender, receiver],
    [receiver, sender],
  ] as const) {
    for (let i = 0; i < 64; i++) from.socket.send(CHUNK);
    for (let i = 0; i < 64; i++) expect((await to.nextBytes()).equals(CHUNK)).toBe(true);
  }
}

/** 256 KiB each way. */
async function passesOnce({ sender, receiver }: Pair): Promise<void> {
  sender.socket.send(CHUNK);
  receiver.socket.send(CHUNK);
  expect((await receiver.nextBytes()).equals(CHUNK)).toBe(true);
  expect((await sender.nextBytes()).equals(CHUNK)).toBe(true);
}

/** TCP connections from many addresses, of which those that are refused are cut. */
async function fill(relay: RelayProcess, count: number): Promise<Socket[]> {
  const port = Number(new URL(relay.url).port);
  const sockets: Socket[] = [];
  for (let i = 0; i < count; i++) {
    const socket = await rawClient({ port, from: `127.0.1.${1 + (i % 200)}` });
    socket.resume();
    sockets.push(socket);
  }
  return sockets;
}

async function newcomerGetsIn(relay: RelayProcess): Promise<void> {
  for (let client: RelayClient | null = null; client === null; ) {
    client = await RelayClient.connect(relay.url).catch(() => null);
    if (client === null) continue;
    expect(await client.allocate().nextJson()).toMatchObject({ type: 'allocated' });
    client.socket.terminate();
  }
}

function openFilesOf({ process: { child } }: RelayProcess): number {
  return readdirSync(`/proc/${child.pid}/fd`).length;
}

/** As a system that has run out of them. */
function limit({ process: { child } }: RelayProcess, descriptors: number): void {
  execFileSync('prlimit', ['--pid', String(child.pid), `--nofile=${descriptors}:`]);
}
