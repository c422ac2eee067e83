// What can't be sent keeps nothing else back: real processes, a real relay, bytes on the disk.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { scratchFolder } from '../scratch.ts';
import { BIN, codeOf, finished, type RelayProcess, run, startRelayProcess } from './cli-process.ts';
import { listTree, makeTree } from './tree.ts';

let relay: RelayProcess;
beforeAll(async () => {
  relay = await startRelayProcess();
});
afterAll(() => relay.stop());

const set = () => ({ P2P_COPY_RELAY: relay.url });
const isRoot = process.getuid?.() === 0;
const NOBODY = 65_534;

/** Bytes of a path: `name` may be any, for which a string of Node's can't stand. */
const below = (folder: string, name: Buffer) => Buffer.concat([Buffer.from(`${folder}/`), name]);
const LATIN_1 = Buffer.from('caf\u00e9.txt', 'latin1');

/** Of each kind one, beside what can be sent. */
async function mixedTree() {
  const root = await scratchFolder();
  const d = join(root, 'd');
  const deep = Array(127).fill('d').join('/');
  makeTree(d, {
    'a.txt': 'a',
    'sub/b.txt': 'b',
    'Icon\r': 'icon',
    '\u200eIMG-1.jpg': 'chat',
    'big.iso.p2p.part': 'part',
    'caf\u00e9': 'composed',
    'cafe\u0301': 'decomposed',
    [`${deep}/too-deep`]: 'deep',
    [`${deep.slice(2)}/deep`]: 'just',
  });
  writeFileSync(below(d, LATIN_1), 'latin');
  mkdirSync(below(d, Buffer.from('m\u00fcll', 'latin1')));
  writeFileSync(below(d, Buffer.from('m\u00fcll/x', 'latin1')), 'x');
  execFileSync('mkfifo', [join(d, 'pipe')]);
  symlinkSync('nowhere', join(d, 'dangling'));
  chmodSync(root, 0o755);
  writeFileSync(join(d, 'secret'), 'secret');
  chmodSync(join(d, 'secret'), 0);
  mkdirSync(join(d, 'closed'), { mode: 0 });
  return { root, d };
}

// Root reads everything.
const asNobody = isRoot && { uid: NOBODY, gid: NOBODY };

const LEFT_OUT: Record<string, string> = {
  'd/Icon\r': 'control-character',
  'd/\u200eIMG-1.jpg': 'direction-mark',
  'd/big.iso.p2p.part': 'unfinished-part',
  'd/caf\u00e9': 'same-name',
  [`${Array(128).fill('d').join('/')}/too-deep`]: 'too-deep',
  'd/caf\\xe9.txt': 'not-unicode',
  'd/m\\xfcll': 'not-unicode',
  'd/pipe': 'special-file',
  'd/secret': 'no-permission',
  'd/closed': 'no-permission',
};
const LEFT_OUT_COUNT = Object.keys(LEFT_OUT).length;

describe('what cannot be sent', () => {
  it('keeps nothing else back, and is counted on both sides with the reasons at the sender', async () => {
    const { root, d } = await mixedTree();
    const out = join(root, 'out');
    const sender = run(['send', d, '--json'], { set: set(), ...asNobody });
    const { code } = await sender.tells('code');
    const receiver = run(['receive', String(code), '--yes', '--json', '--out', out], { set: set() });
    expect([await sender.exitCode, await receiver.exitCode]).toEqual([3, 0]);

    expect(readFileSync(join(out, 'd/a.txt'), 'utf8')).toBe('a');
    expect(readFileSync(join(out, 'd/sub/b.txt'), 'utf8')).toBe('b');
    // In the order of bytes the decomposed name comes first; its twin isn't mixed with it.
    expect(readFileSync(join(out, 'd/caf\u00e9'), 'utf8')).toBe('decomposed');
    expect(listTree(out).filter((path) => path.endsWith('/deep'))).toHaveLength(1);
    expect(listTree(out).join('\n')).not.toMatch(/secret|Icon|IMG|part|latin|pipe|too-deep/);

    const told = (await sender.tells('unsendable')) as unknown as {
      count: number;
      entries: { path: string; reason: string }[];
    };
    expect(told.count).toBe(LEFT_OUT_COUNT);
    expect(Object.fromEntries(told.entries.map(({ path, reason }) => [path, reason]))).toEqual(LEFT_OUT);
    expect(sender.events.at(-1)).toMatchObject({ event: 'done', unsendable: LEFT_OUT_COUNT });
    expect(receiver.events.find(({ event }) => event === 'offer')).toMatchObject({ unsent: LEFT_OUT_COUNT });
    expect(receiver.events.at(-1)).toMatchObject({ event: 'done', unsent: LEFT_OUT_COUNT });
    // A link that leads nowhere within the folder is one there, too.
    expect(readlinkSync(join(out, 'd/dangling'))).toBe('nowhere');
    expect(receiver.events.find(({ event }) => event === 'offer')).toMatchObject({ links: 1 });
  });

  it('is said in words that are true for the side that reads them', async () => {
    const { root, d } = await mixedTree();
    const sender = run(['send', d], { set: set(), ...asNobody });
    const code = await codeOf(sender);
    // Before anybody has used the code.
    expect(sender.stderr).toMatch(/^10 files or folders cannot be sent:$/m);
    expect(sender.stderr).toContain('  d/Icon\\u{d}: its name contains a control character\n');
    expect(sender.stderr).toContain('  d/caf\\xe9.txt: its name is not valid UTF-8\n');
    const receiver = run(['receive', code, '--yes', '--out', join(root, 'out')], { set: set() });
    expect([await sender.exitCode, await receiver.exitCode]).toEqual([3, 0]);
    expect(sender.stderr).toMatch(/^Not sent: 10 files or folders, for the reasons above\.$/m);
    expect(receiver.stderr).toMatch(/ The sender says that 10 files or folders could not be sent\.$/m);
    expect(receiver.stderr).not.toMatch(/[Rr]ename/);
  });

  it('does not fail the command with --skip-unsendable', async () => {
    const { root, d } = await mixedTree();
    const sender = run(['send', d, '--skip-unsendable'], { set: set(), ...asNobody });
    const receiver = run(['receive', await codeOf(sender), '--yes', '--out', join(root, 'out')], {
      set: set(),
    });
    expect([await sender.exitCode, await receiver.exitCode]).toEqual([0, 0]);
  });

  it.each([false, true])('is the same when it shows only when it is read (skipped: %s)', async (skips) => {
    const root = await scratchFolder();
    makeTree(root, { 'd/a': 'a', 'd/gone': 'b' });
    const sender = run(['send', join(root, 'd'), ...(skips ? ['--skip-unsendable'] : [])], { set: set() });
    const code = await codeOf(sender);
    renameSync(join(root, 'd/gone'), join(root, 'elsewhere'));
    const receiver = run(['receive', code, '--yes', '--out', join(root, 'out')], { set: set() });
    expect([await sender.exitCode, await receiver.exitCode]).toEqual([skips ? 0 : 3, 4]);
    expect(readFileSync(join(root, 'out/d/a'), 'utf8')).toBe('a');
    expect(sender.stderr).toContain('“d/gone” was not delivered');
  });

  it.each([
    [
      'one file',
      { 'd/Icon\r': '1' },
      3,
      /“d\/Icon\\u\{d\}” cannot be sent: .* control character\.\nRename it/,
    ],
    [
      'several',
      { 'd/Icon\r': '1', 'd/x/\u200e1': '2' },
      3,
      /None of these 2 files and folders can be sent\./,
    ],
  ])('makes no code when nothing is left: %s', async (_name, files, exitCode, sentence) => {
    const root = await scratchFolder();
    makeTree(root, files as Record<string, string>);
    const sender = await finished(['send', join(root, 'd')], { set: set() });
    expect(sender.exitCode).toBe(exitCode);
    expect(sender.stderr).toMatch(sentence);
    expect(sender.stderr).not.toContain('Code:');
  });

  it('may be one of several arguments', async () => {
    const root = await scratchFolder();
    makeTree(root, { ok: '1', 'Icon\r': '2' });
    symlinkSync('nowhere', join(root, 'dangling'));
    // A FIFO that is named would be sent as a stream.
    const socket = createServer().listen(join(root, 'socket'));
    await once(socket, 'listening');
    onTestFinished(() => void socket.close());
    writeFileSync(below(root, LATIN_1), 'latin');
    // Arguments as bytes, as a shell's * gives them.
    const script = `cd "$1" && exec "$2" "$3" send --json --relay "$4" ok Icon* dang* socket caf*`;
    const sender = spawn('bash', ['-c', script, 'bash', root, process.execPath, BIN, relay.url]);
    let output = '';
    sender.stdout.on('data', (piece) => {
      output += piece;
    });
    const code = await new Promise<string>((resolve) => {
      sender.stdout.on('data', () => {
        const found = /"code":"([^"]+)"/.exec(output);
        if (found !== null) resolve(found[1]!);
      });
    });
    const exited = new Promise((resolve) => sender.on('close', resolve));
    const receiver = await finished(['receive', code, '--yes', '--out', join(root, 'out')], { set: set() });
    expect([await exited, receiver.exitCode]).toEqual([3, 0]);
    expect(listTree(join(root, 'out'))).toEqual(['ok']);
    const told = output.split('\n').find((line) => line.includes('"unsendable"'))!;
    expect(JSON.parse(told).entries.map(({ reason }: { reason: string }) => reason)).toEqual([
      'control-character',
      'dangling-link',
      'special-file',
      'not-unicode',
    ]);
  });
});
