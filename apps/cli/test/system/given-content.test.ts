// What `send` takes beside files: messages from a file or a pipe, FIFOs, what a shell's <(command) stands for, equal names.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { scratchFolder } from '../scratch.ts';
import {
  BIN,
  type CliProcess,
  codeOf,
  finished,
  type RelayProcess,
  type RunOptions,
  run,
  startRelayProcess,
} from './cli-process.ts';

let relay: RelayProcess;
beforeAll(async () => {
  relay = await startRelayProcess();
});
afterAll(() => relay.stop());

const set = () => ({ P2P_COPY_RELAY: relay.url });
const send = (args: readonly string[], options: RunOptions = {}) =>
  run(['send', ...args], { set: set(), ...options });

/** Receives what the sender offers into a folder of its own; both must end well. */
async function received(sender: CliProcess): Promise<{ out: string; stdout: string }> {
  const out = await scratchFolder();
  const receiver = run(['receive', await codeOf(sender), '--yes', '--out', out], { set: set() });
  expect([await sender.exitCode, await receiver.exitCode], sender.stderr).toEqual([0, 0]);
  return { out, stdout: receiver.stdout.toString() };
}

it('a message comes from standard input or a file, byte by byte', async () => {
  const message = 'first line\n\n  می\u200cخواهم 👨\u200d👩\u200d👧\n';
  const file = join(await scratchFolder(), 'note.txt');
  writeFileSync(file, message);
  for (const sender of [
    send(['--text', '-'], { input: message }),
    send(['--text-file', '-'], { input: message }),
    send(['--text-file', file]),
  ]) {
    const { out, stdout } = await received(sender);
    expect(stdout).toBe(message);
    expect(readdirSync(out)).toEqual([]);
  }
});

it.each<[string, readonly string[], RunOptions, string]>([
  ['empty', ['--text', '-'], { input: '' }, '“standard input” is empty'],
  ['too long', ['--text', '-'], { input: 'x'.repeat(1024 * 1024 + 1) }, 'more than 1 MiB'],
  ['no UTF-8', ['--text', '-'], { input: Buffer.from([0x61, 0xff]) }, 'no text in UTF-8'],
  [
    'a missing file',
    ['--text-file', '/nowhere/\u001b[31mnote'],
    {},
    '“/nowhere/\\u{1b}[31mnote” cannot be read',
  ],
  ['two messages', ['--text', 'a', '--text-file', 'b'], {}, 'two messages'],
  ['two uses of standard input', ['--text', '-', '-'], { input: 'a' }, 'both a file and a message'],
])('a message that is %s is refused before a code is shown', async (_what, args, options, sentence) => {
  const { exitCode, stderr } = await finished(['send', ...args], { set: set(), ...options });
  expect(exitCode).toBe(2);
  expect(stderr).toContain(sentence);
  expect(stderr).not.toContain('Code:');
});

it('Ctrl-C while a message is read ends at once, without a code', async () => {
  const sender = send(['--text', '-']);
  // More than lies between the two: it is read.
  await new Promise((resolve) => sender.child.stdin!.write('x'.repeat(1_000_000), resolve));
  sender.kill('SIGINT');
  expect(await sender.exitCode).toBe(130);
  expect(sender.stderr).not.toContain('Code:');
});

it('standard input arrives under the name that is given', async () => {
  const { out } = await received(send(['-', '--name', 'dump.sql'], { input: 'rows' }));
  expect(readdirSync(out)).toEqual(['dump.sql']);
  expect(readFileSync(join(out, 'dump.sql'), 'utf8')).toBe('rows');
});

it.each([
  ['no stream', ['--name', 'x', BIN], '--name is for one stream, and there is none'],
  ['a path', ['--name', '../x', '-'], '“../x” cannot be the name of a file'],
  ['a control character', ['--name', 'a\u001b]0;b', '-'], '“a\\u{1b}]0;b” cannot be the name of a file'],
])('a name for %s is refused before a code is shown', async (_what, args, sentence) => {
  const { exitCode, stderr } = await finished(['send', ...args], { set: set() });
  expect(exitCode).toBe(2);
  expect(stderr).toContain(sentence);
  expect(stderr).not.toContain('Code:');
});

it('what a command prints arrives by way of <(command), under its name', async () => {
  // The bash around it puts the pipe in place of an argument.
  const sender = send(['--name', 'rows.txt'], { within: ['bash', '-c', 'exec "$@" <(seq 1 20000)', 'bash'] });
  const { out } = await received(sender);
  expect(readdirSync(out)).toEqual(['rows.txt']);
  expect(readFileSync(join(out, 'rows.txt'))).toEqual(execFileSync('seq', ['1', '20000']));
});

it('a FIFO is sent whole, though its writer comes late and pauses, and a second one beside it', async () => {
  const folder = await scratchFolder();
  const [first, second] = [join(folder, 'first.log'), join(folder, 'second.log')];
  execFileSync('mkfifo', [first, second]);
  const sender = send([first, second, first]);
  const code = await codeOf(sender);
  const out = await scratchFolder();
  const receiver = run(['receive', code, '--yes', '--out', out], { set: set() });
  await sender.says(/Accepted/);
  const script = `(printf one; sleep 0.3; printf two) > ${first}; printf other > ${second}`;
  const writer = spawn('bash', ['-c', script], { stdio: 'ignore' });
  onTestFinished(() => void writer.kill('SIGKILL'));
  expect([await sender.exitCode, await receiver.exitCode], sender.stderr).toEqual([0, 0]);
  expect(readFileSync(join(out, 'first.log'), 'utf8')).toBe('onetwo');
  expect(readFileSync(join(out, 'second.log'), 'utf8')).toBe('other');
});

it('a FIFO that nobody writes to holds up no end by Ctrl-C', async () => {
  const fifo = join(await scratchFolder(), 'silent');
  execFileSync('mkfifo', [fifo]);
  const sender = send([fifo]);
  const out = await scratchFolder();
  const receiver = run(['receive', await codeOf(sender), '--yes', '--out', out], { set: set() });
  await sender.says(/Accepted/);
  sender.kill('SIGINT');
  expect(await sender.exitCode).toBe(130);
  await receiver.exitCode;
  expect(readdirSync(out).filter((name) => !name.endsWith('.p2p.part'))).toEqual([]);
});

it('a FIFO inside a folder is left out, and blocks nothing', async () => {
  const folder = join(await scratchFolder(), 'd');
  mkdirSync(folder);
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  writeFileSync(join(folder, 'file'), '1');
  const sender = send([folder, '--skip-unsendable']);
  const { out } = await received(sender);
  expect(readdirSync(join(out, 'd'))).toEqual(['file']);
});

it('equal names from different folders arrive numbered, and what is named twice arrives once', async () => {
  const root = await scratchFolder();
  for (const folder of ['a', 'b', 'c/trip', 'd/trip']) mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, 'a/IMG_1.jpg'), 'of a');
  writeFileSync(join(root, 'b/IMG_1.jpg'), 'of b');
  writeFileSync(join(root, 'c/trip/x'), 'of c');
  writeFileSync(join(root, 'd/trip/x'), 'of d');
  symlinkSync('b', join(root, 'linked'));
  const sender = send(
    [
      'a/IMG_1.jpg',
      'b/IMG_1.jpg',
      './a/../a/IMG_1.jpg',
      'linked/IMG_1.jpg',
      'c/trip',
      'd/trip/',
      join(root, 'c/trip'),
    ],
    { cwd: root },
  );
  const { out } = await received(sender);
  expect(readdirSync(out).sort()).toEqual(['IMG_1 (1).jpg', 'IMG_1.jpg', 'trip', 'trip (1)']);
  expect(readFileSync(join(out, 'IMG_1.jpg'), 'utf8')).toBe('of a');
  expect(readFileSync(join(out, 'IMG_1 (1).jpg'), 'utf8')).toBe('of b');
  expect(readFileSync(join(out, 'trip/x'), 'utf8')).toBe('of c');
  expect(readFileSync(join(out, 'trip (1)/x'), 'utf8')).toBe('of d');
});

it('a file called as a stream is goes beside it', async () => {
  const root = await scratchFolder();
  writeFileSync(join(root, 'stdin'), 'a file');
  const { out } = await received(send([join(root, 'stdin'), '-'], { input: 'a stream' }));
  expect(readFileSync(join(out, 'stdin'), 'utf8')).toBe('a file');
  expect(readFileSync(join(out, 'stdin (1)'), 'utf8')).toBe('a stream');
});
