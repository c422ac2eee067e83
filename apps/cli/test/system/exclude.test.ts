// --exclude, --gitignore and --list with real processes; git itself says what it ignores.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { send } from 'p2p-copy';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { scratchFolder } from '../scratch.ts';
import { codeOf, finished, type RelayProcess, run, startRelayProcess } from './cli-process.ts';
import { listTree, makeTree } from './tree.ts';

let relay: RelayProcess;
beforeAll(async () => {
  relay = await startRelayProcess();
});
afterAll(() => relay.stop());

const set = () => ({ P2P_COPY_RELAY: relay.url });

/** Paths that `send --list` shows. */
async function listed(args: readonly string[], cwd: string): Promise<string[]> {
  const { stdout, stderr, exitCode } = await finished(['send', '--list', '--json', ...args], {
    set: set(),
    cwd,
  });
  expect(exitCode, stderr).toBe(0);
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  return lines.filter(({ event, kind }) => event === 'entry' && kind === 'file').map(({ path }) => path);
}

it('what matches is not sent, the offer says how many, and a resumed transfer leaves out the same', async () => {
  const root = await scratchFolder();
  makeTree(join(root, 'd'), {
    'a.txt': '1',
    'b.log': '2',
    'keep.log': '3',
    'node_modules/x/y.js': '4',
    'src/dist/z': '5',
    'dist/z': '6',
  });
  const patterns = ['-x', '*.log', '--exclude', '!keep.log', '-x', 'node_modules/', '-x', '/dist'];
  const sender = run(['send', join(root, 'd'), '--json', ...patterns], { set: set() });
  const { code } = await sender.tells('code');
  const out = join(root, 'out');
  const receiver = run(['receive', code as string, '--yes', '--out', out], { set: set() });
  expect(await sender.tells('offer')).toMatchObject({ files: 3, excluded: 3 });
  expect([await sender.exitCode, await receiver.exitCode]).toEqual([0, 0]);
  expect(listTree(join(out, 'd'))).toEqual(['a.txt', 'keep.log', 'src', 'src/dist', 'src/dist/z'].sort());
});

it('a person reads how many were left out', async () => {
  const root = await scratchFolder();
  makeTree(join(root, 'd'), { a: '1', 'b.o': '2', 'c.o': '3' });
  const sender = run(['send', join(root, 'd'), '-x', '*.o'], { set: set() });
  const receiver = run(['receive', await codeOf(sender), '--yes', '--out', join(root, 'out')], {
    set: set(),
  });
  expect([await sender.exitCode, await receiver.exitCode]).toEqual([0, 0]);
  expect(sender.stderr).toContain('Left out by patterns: 2 files or folders.');
});

it.each<[string, readonly string[], readonly string[]]>([
  ['a name at any depth', ['-x', 'x'], ['d/[y]/z', 'd/y', 'other.txt']],
  ['a path from each named folder', ['-x', 'sub/x'], ['d/[y]/x', 'd/[y]/z', 'd/x', 'd/y', 'other.txt']],
  ['everything but', ['-x', '*', '-x', '!y'], ['d/y']],
  ['a named folder', ['-x', 'd'], ['other.txt']],
  ['a named file', ['-x', '*.txt', '-x', '!x'], ['d/[y]/x', 'd/[y]/z', 'd/sub/x', 'd/x', 'd/y']],
  ['a name with a number sign', ['-x', '#*#'], ['d/[y]/x', 'd/[y]/z', 'd/sub/x', 'd/x', 'd/y', 'other.txt']],
  ['escaped brackets', ['-x', '\\[y]/'], ['d/sub/x', 'd/x', 'd/y', 'other.txt']],
])('--exclude takes %s', async (_what, patterns, expected) => {
  const root = await scratchFolder();
  makeTree(join(root, 'd'), { x: '1', y: '2', 'sub/x': '3', '[y]/x': '4', '[y]/z': '5' });
  writeFileSync(join(root, 'other.txt'), '6');
  expect((await listed(['d', 'other.txt', ...patterns], root)).sort()).toEqual([...expected].sort());
});

it('--gitignore leaves out exactly what git ignores, wherever the rules are', async () => {
  const root = await scratchFolder();
  const repository = join(root, 'a*b [repo]');
  makeTree(repository, {
    '.gitignore':
      '*.log\r\n/build\nvendor/\n!/vendor/keep\ndoc/**/*.pdf\n\\#odd\nTrailing \n*.tmp\n!important.tmp\n',
    'a.log': '',
    '#odd': '',
    'build/x': '',
    'src/build/x': '',
    'vendor/keep': '',
    'doc/a/b.pdf': '',
    'doc/b.txt': '',
    'src/.gitignore': '!a.log\n/only\ngen[0-9].c\n',
    'src/a.log': '',
    'src/only': '',
    'src/deep/only': '',
    'src/gen1.c': '',
    'src/genx.c': '',
    'important.tmp': '',
    'other.tmp': '',
    'secret.key': '',
    'BUILD/x': '',
  });
  const git = (...args: string[]) => execFileSync('git', args, { cwd: repository, encoding: 'utf8' });
  git('init', '-q');
  writeFileSync(join(repository, '.git/info/exclude'), 'secret.key\n');
  const kept = git('ls-files', '-z', '--others', '--exclude-standard')
    .split('\0')
    .filter((path) => path !== '');
  const whole = await listed(['a*b [repo]', '--gitignore', '-x', '.git'], root);
  expect(whole.sort()).toEqual(kept.map((path) => `a*b [repo]/${path}`).sort());
  // The rules above what is named count, too.
  const part = await listed(['src', '--gitignore'], repository);
  expect(part.sort()).toEqual(kept.filter((path) => path.startsWith('src/')).sort());
  const inside = await listed(['.', '--gitignore', '-x', '.git'], repository);
  expect(inside.sort()).toEqual(whole.sort());
  // What a person says decides.
  expect(await listed(['src', '--gitignore', '-x', '!gen1.c'], repository)).toContain('src/gen1.c');
});

it('what git ignores by rules that are in no .gitignore stays here: in repositories below, worktrees, and behind links', async () => {
  const root = await scratchFolder();
  makeTree(join(root, 'all/repo'), {
    a: '',
    'secret.key': '',
    'sub/k.pem': '',
    '.gitignore': '*.pem\n   \n/\n',
  });
  const git = (...args: string[]) => execFileSync('git', args, { cwd: join(root, 'all/repo') });
  git('init', '-q');
  writeFileSync(join(root, 'all/repo/.git/info/exclude'), 'secret.key\n');
  const me = ['-c', 'user.name=a', '-c', 'user.email=a@b'];
  git(...me, 'commit', '-q', '--allow-empty', '-m', 'x');
  git('worktree', 'add', '-q', join(root, 'all/tree'));
  makeTree(join(root, 'all/tree'), { b: '', 'secret.key': '' });
  symlinkSync('all/repo/sub', join(root, 'link'));
  writeFileSync(join(root, 'all/repo/sub/c'), '');
  const rules = ['--gitignore', '-x', '.git'];
  const expected = ['all/repo/.gitignore', 'all/repo/a', 'all/repo/sub/c', 'all/tree/b'];
  expect((await listed(['all', ...rules], root)).sort()).toEqual(expected);
  expect((await listed(['all/tree', ...rules], root)).sort()).toEqual(['tree/b']);
  expect(await listed(['link', ...rules], root)).toEqual(['link/c']);
  expect(await listed(['link', 'all/tree', ...rules, '-x', 'link'], root)).toEqual(['tree/b']);
});

it('a pattern that leaves nothing out is told, since whoever mistypes one sends what it should leave out', async () => {
  const root = await scratchFolder();
  makeTree(join(root, 'd'), { x: '', 'sub/y': '', '#z': '' });
  const mistyped = ['./x', 'd/sub', join(root, 'd/x'), 'x\\', '', '  '];
  const used = ['#z', '/x', 'sub/y', '!w'];
  const args = [...mistyped, ...used].flatMap((pattern) => ['-x', pattern]);
  const { stdout, stderr } = await finished(['send', 'd', '--list', ...args], { cwd: root });
  const told = [...stderr.matchAll(/The pattern “(.*)” leaves nothing out/g)].map(([, pattern]) => pattern);
  expect(told).toEqual(mistyped);
  expect(stdout).toBe('d/\nd/sub/\n');
});

it('more rules than are read stop the send, since they may be about secrets', async () => {
  const root = await scratchFolder();
  makeTree(join(root, 'd'), { 'secret.key': '', '.gitignore': `secret.key\n${'# \n'.repeat(400_000)}` });
  const { exitCode, stderr } = await finished(['send', 'd', '--gitignore'], { cwd: root, set: set() });
  expect(stderr).toContain('has more than 1 MiB');
  expect(exitCode).toBe(3);
});

it('a .gitignore that cannot be taken stops nothing where it is none, and the send where it is one', async () => {
  const root = await scratchFolder();
  makeTree(join(root, 'd'), { a: '1', 'sub/.gitignore/x': '2' });
  execFileSync('mkfifo', [join(root, 'd/.gitignore')]);
  const { stdout } = await finished(['send', '--list', 'd', '--gitignore', '--skip-unsendable'], {
    cwd: root,
  });
  expect(stdout).toContain('d/a, 1 byte');
  symlinkSync('.gitignore', join(root, 'd/sub/loop'));
  mkdirSync(join(root, 'e'));
  symlinkSync('.gitignore', join(root, 'e/.gitignore'));
  const refused = await finished(['send', 'e', '--gitignore'], { cwd: root, set: set() });
  expect(refused.exitCode).toBe(3);
  expect(refused.stderr).toContain('“e/.gitignore” cannot be read');
});

it('where patterns leave out everything, that is said before a code is shown', async () => {
  const root = await scratchFolder();
  writeFileSync(join(root, 'a.log'), '1');
  const { exitCode, stderr } = await finished(['send', 'a.log', '-x', '*.log'], { cwd: root, set: set() });
  expect(exitCode).toBe(2);
  expect(stderr).toContain('The patterns leave out everything that is named.');
  expect(stderr).not.toContain('Code:');
});

it('--list shows names escaped, asks no relay, and stops', async () => {
  const root = await scratchFolder();
  makeTree(join(root, 'd'), { 'a b.txt': 'four', 'e/f': '' });
  writeFileSync(join(root, 'd/\u202eevil'), '1');
  const { exitCode, stdout, stderr } = await finished(
    ['send', 'd', '--list', '--relay', 'http://127.0.0.1:1'],
    {
      cwd: root,
    },
  );
  expect(stdout).toBe('d/\nd/a b.txt, 4 bytes\nd/e/\nd/e/f, 0 bytes\n');
  expect(stderr).toContain('Would be sent: 2 files, 4 bytes.');
  expect(stderr).toContain('d/\\u{202e}evil: ');
  expect(exitCode).toBe(3);
});

it('the library leaves out the same', async () => {
  const root = await scratchFolder();
  makeTree(join(root, 'd'), { a: '1', 'b.log': '2', '.gitignore': 'c\n', c: '3' });
  const out = join(root, 'out');
  let told: unknown;
  const sending = new Promise<string>((resolve, reject) => {
    send({
      paths: [join(root, 'd')],
      exclude: ['*.log'],
      gitignore: true,
      relay: relay.url,
      onEvent(event) {
        if (event.type === 'code') resolve(event.code);
        if (event.type === 'offer') told = event.excluded;
      },
    }).catch(reject);
  });
  const receiver = run(['receive', await sending, '--yes', '--out', out], { set: set() });
  expect(await receiver.exitCode).toBe(0);
  expect(told).toBe(2);
  expect(listTree(join(out, 'd'))).toEqual(['.gitignore', 'a']);
  expect(readFileSync(join(out, 'd/a'), 'utf8')).toBe('1');
});

it('--list shows links and where they lead, and with --follow what is sent in their place', async () => {
  const root = await scratchFolder();
  makeTree(join(root, 'd'), { a: '1' });
  symlinkSync('a', join(root, 'd/b'));
  const of = (...args: string[]) => finished(['send', '--list', 'd', ...args], { cwd: root });
  const asLinks = await of();
  expect(asLinks.stdout).toBe('d/\nd/a, 1 byte\nd/b, a link to d/a\n');
  expect(asLinks.stderr).toContain('Would be sent: 1 file, 1 byte, 1 symbolic link.');
  expect((await of('--follow')).stdout).toBe('d/\nd/a, 1 byte\nd/b, 1 byte\n');
  const events = (await of('--json')).stdout.trim().split('\n');
  expect(events.map((line) => JSON.parse(line)).slice(2)).toEqual([
    { event: 'entry', kind: 'link', path: 'd/b', sizeBytes: 0, target: 'd/a' },
    { event: 'list', files: 1, bytes: 1, unsized: false, links: 1, excluded: 0, unsendable: 0 },
  ]);
});
