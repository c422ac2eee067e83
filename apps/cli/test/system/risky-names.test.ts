// Names that some system obeys where they land (croc's CVE-2023-43619) are never written without a word of the person who
// receives: real processes, a real relay, files on the disk.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scratchFolder } from '../scratch.ts';
import { codeOf, finished, type RelayProcess, run, startRelayProcess } from './cli-process.ts';
import { hasScript } from './has-script.ts';
import { startMeteredProxy } from './metered-proxy.ts';
import { listTree, makeTree } from './tree.ts';

let relay: RelayProcess;
beforeAll(async () => {
  relay = await startRelayProcess();
});
afterAll(() => relay.stop());

const FILES = {
  'notes.txt': 'notes',
  '.bashrc': 'echo owned',
  '.ssh/authorized_keys': 'ssh-ed25519 AAAA evil',
  'repo/.git/hooks/post-checkout': '#!/bin/sh\n',
  'repo/.gitignore': 'dist\n',
  'repo/run.sh': '#!/bin/sh\n',
};
const RISKY = ['.bashrc', '.ssh/authorized_keys', 'repo/.git/hooks/post-checkout'];
/** The folders of those that are left out are not made. */
const ORDINARY = ['notes.txt', 'repo', 'repo/.git', 'repo/.gitignore', 'repo/run.sh'];

/** A sender that offers these files at the top of the offer. */
async function offer({ files = FILES }: { files?: Record<string, string | Uint8Array> } = {}) {
  const root = await scratchFolder();
  makeTree(join(root, 'sent'), files);
  const tops = [...new Set(Object.keys(files).map((path) => path.split('/')[0]!))];
  const set = { P2P_COPY_RELAY: relay.url };
  const sender = run(['send', ...tops.map((top) => join(root, 'sent', top))], { set });
  return { root, out: join(root, 'out'), sender, code: await codeOf(sender), set };
}

const listFiles = (out: string) => (existsSync(out) ? listTree(out) : []);

describe('CVE-2023-43619 (croc): files that a system obeys', () => {
  it('are left out with --yes, named on both sides, and the exit code says it', async () => {
    const { out, sender, code, set } = await offer();
    const receiver = run(['receive', code, '--yes', '--out', out], { set });
    expect([await receiver.exitCode, await sender.exitCode]).toEqual([4, 0]);
    expect(listFiles(out)).toEqual(ORDINARY);
    for (const path of RISKY) {
      expect(receiver.stderr).toContain(`  ${path}\n`);
      expect(sender.stderr).toContain(`  ${path}\n`);
    }
    expect(receiver.stderr).toMatch(/^Left out, not received: 3 files: .*--allow-risky\.$/m);
    expect(receiver.stderr).toMatch(/^Done: 3 files, .* received and verified/m);
    expect(sender.stderr).toMatch(/^Left out by the other side: 3 files: “\.bashrc”, /m);
    expect(sender.stderr).toMatch(/^Done: 3 files, /m);
  });

  it('are taken with --allow-risky', async () => {
    const { out, sender, code, set } = await offer();
    const receiver = run(['receive', code, '--yes', '--allow-risky', '--out', out], { set });
    expect([await receiver.exitCode, await sender.exitCode]).toEqual([0, 0]);
    expect(listFiles(out)).toEqual(expect.arrayContaining([...RISKY, ...ORDINARY]));
  });

  it.each(['.bashrc', '.ssh/authorized_keys'])('are refused when they are all: %s', async (path) => {
    const { out, sender, code, set } = await offer({ files: { [path]: 'x' } });
    const receiver = run(['receive', code, '--yes', '--out', out], { set });
    expect([await receiver.exitCode, await sender.exitCode]).toEqual([4, 3]);
    expect(listFiles(out)).toEqual([]);
    expect(receiver.stderr).toMatch(new RegExp(`“${path}” could change settings or run here`));
    expect(receiver.stderr).toContain('--allow-risky');
    expect(sender.stderr).toContain('A name in the offer is not safe to write on the receiving device.');
  });

  it('are told as JSON', async () => {
    const { out, sender, code, set } = await offerJson();
    const receiver = run(['receive', code, '--yes', '--json', '--out', out], { set });
    expect([await receiver.exitCode, await sender.exitCode]).toEqual([4, 0]);
    const leftOut = { event: 'left-out', files: 3, paths: RISKY };
    expect(receiver.events).toContainEqual(leftOut);
    expect(sender.events).toContainEqual(leftOut);
    expect(receiver.events.at(-1)).toEqual({
      event: 'done',
      files: 3,
      bytes: 20,
      leftOut: 3,
      folder: out,
      movedBytes: expect.any(Number),
      elapsedMs: expect.any(Number),
    });
    expect(sender.events.find(({ event }) => event === 'offer')).toMatchObject({
      risky: 3,
      hidden: 1,
      programs: 1,
    });
  });

  it('are found where they really land: through a link, in a hidden folder, in any case', async () => {
    const { root, out, sender, code, set } = await offer({ files: { Authorized_Keys2: 'x', 'a.txt': 'a' } });
    mkdirSync(join(root, 'home/.ssh'), { recursive: true });
    execFileSync('ln', ['-s', join(root, 'home/.ssh'), out]);
    const home = { ...set, HOME: join(root, 'home'), P2P_COPY_STATE: join(root, 'state') };
    const receiver = run(['receive', code, '--yes', '--out', out], { set: home });
    expect([await receiver.exitCode, await sender.exitCode]).toEqual([4, 3]);
    expect(listFiles(join(root, 'home/.ssh'))).toEqual([]);
  });

  it('are left out of what the Python tool’s format brings, too', async () => {
    const root = await scratchFolder();
    makeTree(join(root, 'sent'), { 'a.txt': 'a', '.bashrc': 'x' });
    const server = relay.url.replace('http', 'ws').replace(/\/$/, '');
    const out = join(root, 'out');
    const receiver = run(['receive', server, 'classic-code', '--out', out]);
    const sender = run([
      'send',
      server,
      'classic-code',
      join(root, 'sent/a.txt'),
      join(root, 'sent/.bashrc'),
    ]);
    expect([await receiver.exitCode, await sender.exitCode]).toEqual([4, 0]);
    expect(listFiles(out)).toEqual(['a.txt']);
    expect(receiver.stderr).toContain('“.bashrc”');
  });

  it('are not delivered by a resumed transfer either, and nobody is asked again', async () => {
    const big = randomBytes(24_000_000);
    const proxy = await startMeteredProxy(relay.url);
    const root = await scratchFolder();
    makeTree(join(root, 'sent'), { ...FILES, 'big.bin': big });
    const here = { P2P_COPY_STATE: join(root, 's') };
    const there = { P2P_COPY_STATE: join(root, 'r') };
    const tops = ['big.bin', 'notes.txt', '.bashrc', '.ssh', 'repo'].map((top) => join(root, 'sent', top));
    const sender = run(['send', ...tops, '--relay', relay.url], { set: here });
    const code = await codeOf(sender);
    const held = proxy.holdAfter(8_000_000);
    const out = join(root, 'out');
    const receiver = run(['receive', code, '--yes', '--relay', proxy.url, '--out', out], { set: there });
    await held;
    receiver.kill('SIGKILL');
    await receiver.exitCode;
    proxy.release();
    const resumed = run(['resume'], { set: there });
    expect([await resumed.exitCode, await sender.exitCode], resumed.stderr).toEqual([4, 0]);
    expect(listFiles(out)).toEqual(['big.bin', ...ORDINARY]);
    expect(readFileSync(join(out, 'big.bin')).equals(big)).toBe(true);
    for (const path of RISKY) expect(resumed.stderr).toContain(`  ${path}\n`);
  });
});

async function offerJson() {
  const root = await scratchFolder();
  makeTree(join(root, 'sent'), FILES);
  const set = { P2P_COPY_RELAY: relay.url };
  const tops = ['notes.txt', '.bashrc', '.ssh', 'repo'].map((top) => join(root, 'sent', top));
  const sender = run(['send', ...tops, '--json'], { set });
  return { out: join(root, 'out'), sender, code: (await sender.tells('code')).code as string, set };
}

describe.skipIf(!hasScript)('at a terminal (needs script(1))', () => {
  async function ask(...answers: string[]) {
    const { out, sender, code, set } = await offer();
    const receiver = run(['receive', code, '--out', out], { set, terminal: true });
    await receiver.says(/Accept .*\? \[y\/N/);
    receiver.type('y\r');
    await receiver.says(/Leave them out, accept them, or show all names\? \[L\/a\/s\] /);
    for (const [i, answer] of answers.entries()) {
      await receiver.until(
        () => receiver.stdout.toString().split('[L/a/s]').length > i + 1 || null,
        'question',
      );
      receiver.type(`${answer}\r`);
    }
    return {
      out,
      exitCodes: [await receiver.exitCode, await sender.exitCode],
      said: receiver.stdout.toString(),
    };
  }

  it('they are asked about apart, with names, and a mere Enter leaves them out', async () => {
    const { out, exitCodes, said } = await ask('');
    expect(exitCodes).toEqual([0, 0]);
    expect(listFiles(out)).toEqual(ORDINARY);
    expect(said).toContain('Offered: 6 files');
    expect(said).toContain('of these 1 hidden, 1 executable');
    expect(said).toMatch(
      /3 of 6 files could change settings or run here:\r\n {2}\.bashrc, 10 bytes\r\n {2}\.ssh\/authorized_keys, .*\r\n {2}repo\/\.git\/hooks\/post-checkout, /,
    );
  });

  it('they are accepted by a clear answer', async () => {
    const { out, exitCodes } = await ask('s', 'a');
    expect(exitCodes).toEqual([0, 0]);
    expect(listFiles(out)).toEqual(expect.arrayContaining(RISKY));
  });
});

it('a message, a stream and ordinary files are not asked about', async () => {
  const { sender, code, set } = await offer({ files: { '.bashrc': 'x' } });
  const receiver = await finished(['receive', code, '--yes', '--stdout'], { set });
  expect([receiver.exitCode, receiver.stdout, await sender.exitCode]).toEqual([0, 'x', 0]);
});
