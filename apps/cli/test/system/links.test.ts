// Symbolic links travel as links within what is sent, and lead nowhere else: real processes, real disks.
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { mountDisk } from '../disks.ts';
import { scratchFolder } from '../scratch.ts';
import { codeOf, finished, run, startRelayProcess } from './cli-process.ts';
import { halfway } from './halfway.ts';
import { transferOnce } from './transfer-once.ts';
import { makeTree } from './tree.ts';

const OLD = fileURLToPath(new URL('../../../../test/fixtures/old-end/cli.js', import.meta.url));

/** A tree in a folder of its own, and links in it: text by path. */
async function treeOf(files: Record<string, string>, links: Record<string, string>): Promise<string> {
  const source = join(await scratchFolder(), 'tree');
  makeTree(source, files);
  for (const [path, text] of Object.entries(links)) {
    mkdirSync(dirname(join(source, path)), { recursive: true });
    symlinkSync(text, join(source, path));
  }
  return source;
}

const outFolder = async () => join(await scratchFolder(), 'out');

/** Every path with what it is: `name/`, `name -> text`, `name: content`. Follows nothing. */
function listing(root: string, below = ''): string[] {
  return readdirSync(join(root, below)).flatMap((name) => {
    const path = below === '' ? name : `${below}/${name}`;
    const stats = lstatSync(join(root, path));
    if (stats.isSymbolicLink()) return [`${path} -> ${readlinkSync(join(root, path))}`];
    if (!stats.isDirectory()) return [`${path}: ${readFileSync(join(root, path), 'utf8')}`];
    return [`${path}/`, ...listing(root, path)];
  });
}

const sorted = (lines: readonly string[]) => [...lines].sort();

/** Of each kind of harmless link one. */
const FILES = { 'a.txt': 'a', 'sub/b.txt': 'b', 'sub/deep/c.txt': 'c' };
const LINKS = {
  'to-file': 'a.txt',
  'to-folder': 'sub',
  'sub/up-to-file': '../a.txt',
  'sub/to-root': '..',
  'sub/deep/to-here': '.',
  'to-link': 'to-file',
  'by-way': 'to-folder/b.txt',
  dangling: 'nowhere',
  'sub/dangling-deep': '../no/such/thing',
  self: 'self',
  'loop-a': 'loop-b',
  'loop-b': 'loop-a',
  redundant: './sub/../a.txt',
};
const ARRIVED = sorted([
  'a.txt: a',
  // A way through another link is told by its real place.
  'by-way -> sub/b.txt',
  'dangling -> nowhere',
  'loop-a -> loop-b',
  'loop-b -> loop-a',
  'redundant -> a.txt',
  'self -> self',
  'sub/',
  'sub/b.txt: b',
  'sub/dangling-deep -> ../no/such/thing',
  'sub/deep/',
  'sub/deep/c.txt: c',
  'sub/deep/to-here -> .',
  'sub/to-root -> ..',
  'sub/up-to-file -> ../a.txt',
  'to-file -> a.txt',
  'to-folder -> sub',
  'to-link -> to-file',
]);

describe('links within what is sent', () => {
  it.for(['ext4', 'btrfs', 'ntfs'] as const)('arrive as links on %s', async (kind, context) => {
    const source = await treeOf(FILES, LINKS);
    const out = await mountDisk(context, kind);
    const { exitCodes, receiver, sender } = await transferOnce(source, out);
    expect(exitCodes, receiver.stderr + sender.stderr).toEqual([0, 0]);
    expect(sorted(listing(join(out, 'tree')))).toEqual(ARRIVED);
    expect(receiver.stderr).toContain('Offered: 3 files, 3 bytes, 13 symbolic links');
    expect(sender.stderr).toContain('13 symbolic links');
    expect(receiver.stderr).toMatch(/to-link, a link to tree\/to-file/);
  });

  it('that are absolute, or lead out and back in, arrive as what they mean', async () => {
    const source = await treeOf({ 'sub/b.txt': 'b' }, { 'sub/back': '../../tree/sub/b.txt' });
    symlinkSync(join(source, 'sub/b.txt'), join(source, 'absolute'));
    const out = await outFolder();
    const { exitCodes } = await transferOnce(source, out);
    expect(exitCodes).toEqual([0, 0]);
    expect(sorted(listing(join(out, 'tree')))).toEqual([
      'absolute -> sub/b.txt',
      'sub/',
      'sub/b.txt: b',
      'sub/back -> b.txt',
    ]);
  });

  it('between two folders that are named arrive, too', async () => {
    const root = await scratchFolder();
    makeTree(root, { 'a/x': 'x', 'b/y': 'y' });
    symlinkSync('../b/y', join(root, 'a/l'));
    symlinkSync('../b', join(root, 'a/m'));
    const out = await outFolder();
    const { exitCodes } = await transferOnce(join(root, 'a'), out, { send: [join(root, 'b')] });
    expect(exitCodes).toEqual([0, 0]);
    expect(sorted(listing(out))).toEqual(['a/', 'a/l -> ../b/y', 'a/m -> ../b', 'a/x: x', 'b/', 'b/y: y']);
  });

  it('stand again after a second transfer, and nothing is numbered', async () => {
    const source = await treeOf(FILES, LINKS);
    const out = await outFolder();
    for (const overwrite of ['rename', 'always', 'skip']) {
      const { exitCodes } = await transferOnce(source, out, { receive: ['--overwrite', overwrite] });
      expect(exitCodes).toEqual([0, 0]);
      expect(sorted(listing(join(out, 'tree')))).toEqual(ARRIVED);
    }
  });

  it('of a tree like pnpm’s send its content once', async () => {
    const store = 'node_modules/.pnpm';
    const big = 'x'.repeat(200_000);
    const source = await treeOf(
      { [`${store}/a@1/node_modules/a/index.js`]: big, [`${store}/b@1/node_modules/b/index.js`]: 'b' },
      {
        'node_modules/a': '.pnpm/a@1/node_modules/a',
        'node_modules/b': '.pnpm/b@1/node_modules/b',
        [`${store}/b@1/node_modules/a`]: '../../a@1/node_modules/a',
        [`${store}/node_modules/a`]: '../a@1/node_modules/a',
      },
    );
    const out = await outFolder();
    const { exitCodes, receiver } = await transferOnce(source, out, { receive: ['--json'] });
    expect(exitCodes).toEqual([0, 0]);
    expect(receiver.events.find(({ event }) => event === 'offer')).toMatchObject({
      files: 2,
      bytes: 200_001,
      links: 4,
    });
    expect(readFileSync(join(out, 'tree', store, 'b@1/node_modules/a/index.js'), 'utf8')).toBe(big);
  });
});

describe('a link that leads out of what is sent', () => {
  const scene = async () => {
    const source = await treeOf(
      { 'ok.txt': 'ok' },
      {
        docs: '../private',
        'to-secret': '../private/secret',
        root: '/',
        parent: '..',
        'nowhere-out': '../no/such',
        // Its first step stays inside, its end does not.
        chained: 'docs',
        'by-way-out': 'docs/secret',
      },
    );
    makeTree(dirname(source), { 'private/secret': 'secret' });
    return source;
  };

  it('is left out, and both sides are told', async () => {
    const source = await scene();
    const out = await outFolder();
    const { exitCodes, sender, receiver } = await transferOnce(source, out);
    expect(exitCodes).toEqual([0, 3]);
    expect(sorted(listing(join(out, 'tree')))).toEqual(['ok.txt: ok']);
    expect(sender.stderr).toContain('7 files or folders cannot be sent:');
    expect(sender.stderr).toContain('tree/docs: it is a link that leads out of what is sent');
    expect(receiver.stderr).toContain('The sender says that 7 files or folders could not be sent.');
  });

  it('is sent as what it leads to with --follow', async () => {
    const source = await treeOf(
      { 'ok.txt': 'ok' },
      { docs: '../private', in: 'ok.txt', off: 'nowhere', up: '.' },
    );
    makeTree(dirname(source), { 'private/secret': 'secret' });
    const out = await outFolder();
    const { exitCodes, sender } = await transferOnce(source, out, { send: ['--follow'] });
    expect(exitCodes).toEqual([0, 0]);
    expect(sorted(listing(join(out, 'tree')))).toEqual([
      'docs/',
      'docs/secret: secret',
      'in: ok',
      'ok.txt: ok',
    ]);
    expect(sender.stderr).toContain('“tree/off” is left out: it is a link that leads nowhere');
    expect(sender.stderr).toContain('“tree/up” is left out: it is a link to a folder that contains it.');
  });

  it('is followed where a person names it', async () => {
    const source = await scene();
    const out = await outFolder();
    const { exitCodes } = await transferOnce(join(source, 'docs'), out, {
      send: [join(source, 'to-secret')],
    });
    expect(exitCodes).toEqual([0, 0]);
    expect(sorted(listing(out))).toEqual(['docs/', 'docs/secret: secret', 'to-secret: secret']);
  });
});

it('folders that are linked in each other print ten warnings and a number', async () => {
  const folders = Array.from({ length: 5 }, (_, i) => `f${i}`);
  const source = await treeOf(
    Object.fromEntries(folders.map((folder) => [`${folder}/x`, 'x'])),
    Object.fromEntries(folders.flatMap((in_) => folders.map((to) => [`${in_}/to-${to}`, `../${to}`]))),
  );
  const out = await outFolder();
  const { exitCodes, sender } = await transferOnce(source, out, { send: ['--follow'] });
  expect(exitCodes).toEqual([0, 0]);
  expect(sender.stderr.match(/is left out/g)).toHaveLength(10);
  expect(sender.stderr).toMatch(/[\d,]+ more are left out in the same way\./);

  const again = await outFolder();
  const asLinks = await transferOnce(source, again);
  expect(asLinks.exitCodes).toEqual([0, 0]);
  expect(asLinks.sender.stderr).not.toContain('left out');
  expect(readlinkSync(join(again, 'tree/f0/to-f4'))).toBe('../f4');
});

describe('a receiver that makes no links gets what they lead to once', () => {
  it('on a disk that holds none', async (context) => {
    const source = await treeOf(FILES, LINKS);
    const out = await mountDisk(context, 'exfat');
    const { exitCodes, sender, receiver } = await transferOnce(source, out);
    expect(exitCodes, receiver.stderr).toEqual([0, 0]);
    expect(sorted(listing(join(out, 'tree')).filter((line) => !line.endsWith('/')))).toEqual([
      'a.txt: a',
      'sub/b.txt: b',
      'sub/deep/c.txt: c',
    ]);
    expect(sender.stderr).toContain(
      '13 symbolic links are left out: the other side can make none. What they lead to is sent once, under its own name.',
    );
    expect(receiver.stderr).toContain('The sender says that 13 files or folders could not be sent.');
  });

  it('in an older version', async () => {
    const source = await treeOf(FILES, LINKS);
    const out = await outFolder();
    const relay = await startRelayProcess();
    const set = { P2P_COPY_RELAY: relay.url };
    const sender = run(['send', source], { set });
    const receiver = run(['receive', await codeOf(sender), '--yes', '--out', out], { set, bin: OLD });
    expect([await receiver.exitCode, await sender.exitCode], receiver.stderr).toEqual([0, 0]);
    expect(sorted(listing(join(out, 'tree')))).toEqual([
      'a.txt: a',
      'sub/',
      'sub/b.txt: b',
      'sub/deep/',
      'sub/deep/c.txt: c',
    ]);
    expect(sender.stderr).toContain('13 symbolic links are left out');
    await relay.stop();
  });
});

describe('what has a link’s name', () => {
  const source = () => treeOf({ f: 'f' }, { l: 'f', 'to-l': 'l' });

  it('is kept, and the link numbered, with --overwrite rename', async () => {
    const out = await outFolder();
    makeTree(out, { 'tree/l': 'mine' });
    const { exitCodes, receiver } = await transferOnce(await source(), out, {
      receive: ['--overwrite', 'rename'],
    });
    expect(exitCodes).toEqual([0, 0]);
    // A link to it leads to the one that came.
    expect(sorted(listing(join(out, 'tree')))).toEqual(
      ['f: f', 'l: mine', 'l (1) -> f', 'to-l -> l (1)'].sort(),
    );
    expect(receiver.stderr).toContain('“tree/l” was already there; what came is saved as “tree/l (1)”.');
  });

  it('stays with --overwrite skip', async () => {
    const out = await outFolder();
    makeTree(out, { 'tree/l': 'mine' });
    const { exitCodes } = await transferOnce(await source(), out, { receive: ['--overwrite', 'skip'] });
    expect(exitCodes).toEqual([0, 0]);
    expect(sorted(listing(join(out, 'tree')))).toEqual(['f: f', 'l: mine', 'to-l -> l']);
  });

  it('is replaced with --overwrite always, if it is no folder, and a link is replaced itself', async () => {
    const out = await outFolder();
    makeTree(out, { 'tree/l': 'mine', 'outside/precious': 'precious' });
    symlinkSync('../outside/precious', join(out, 'tree/to-l'));
    const { exitCodes } = await transferOnce(await source(), out, { receive: ['--overwrite', 'always'] });
    expect(exitCodes).toEqual([0, 0]);
    expect(sorted(listing(out))).toEqual([
      'outside/',
      'outside/precious: precious',
      'tree/',
      'tree/f: f',
      'tree/l -> f',
      'tree/to-l -> l',
    ]);
  });

  it('stays with --overwrite always if it is a folder', async () => {
    const out = await outFolder();
    makeTree(out, { 'tree/l/inside': 'mine' });
    const { exitCodes } = await transferOnce(await source(), out, { receive: ['--overwrite', 'always'] });
    expect(exitCodes).toEqual([0, 0]);
    expect(sorted(listing(join(out, 'tree')))).toEqual(
      ['f: f', 'l/', 'l/inside: mine', 'l (1) -> f', 'to-l -> l (1)'].sort(),
    );
  });

  it('moves the target with its folder, where that is renamed', async () => {
    const out = await outFolder();
    makeTree(out, { tree: 'a file' });
    const { exitCodes } = await transferOnce(await treeOf({ 'd/f': 'f' }, { 'd/l': '../d/f', m: 'd' }), out);
    expect(exitCodes).toEqual([0, 0]);
    expect(sorted(listing(join(out, 'tree (1)')))).toEqual(['d/', 'd/f: f', 'd/l -> f', 'm -> d']);
  });
});

it('a link is no way to write: a later transfer into it is saved beside it', async () => {
  const out = await outFolder();
  await transferOnce(await treeOf({ 'real/f': 'first' }, { d: 'real' }), out);
  const second = await treeOf({ 'd/f': 'second' }, {});
  const { exitCodes } = await transferOnce(second, out, { receive: ['--overwrite', 'always'] });
  expect(exitCodes).toEqual([0, 0]);
  expect(readFileSync(join(out, 'tree/real/f'), 'utf8')).toBe('first');
  expect(sorted(listing(join(out, 'tree')))).toEqual(
    ['d -> real', 'd (1)/', 'd (1)/f: second', 'real/', 'real/f: first'].sort(),
  );
});

it('a link by which a system would obey a name is left out unless it is wanted', async () => {
  const source = await treeOf(
    { 'h/post-commit': 'evil', 'profile.txt': 'evil' },
    {
      '.git/hooks': '../h',
      '.bashrc': 'profile.txt',
      '.ssh': 'h',
    },
  );
  const out = await outFolder();
  const { exitCodes, receiver } = await transferOnce(source, out, { receive: ['--json'] });
  expect(exitCodes[0]).toBe(4);
  expect(sorted(listing(join(out, 'tree')).filter((line) => line.includes('->')))).toEqual([]);
  expect(receiver.events.find(({ event }) => event === 'left-out')?.paths).toEqual([
    'tree/.bashrc',
    'tree/.git/hooks',
    'tree/.ssh',
  ]);
  const wanted = await outFolder();
  const all = await transferOnce(source, wanted, { receive: ['--allow-risky'] });
  expect(all.exitCodes).toEqual([0, 0]);
  expect(listing(join(wanted, 'tree')).filter((line) => line.includes('->'))).toHaveLength(3);
});

it('after a receiver was killed, links are made at the end all the same', async () => {
  const scene = await halfway({ links: { 'to-big': 'big.bin', 'deep/up': '../deep' } });
  scene.receiver.kill('SIGKILL');
  await scene.receiver.exitCode;
  expect(() => lstatSync(join(scene.out, 'tree/to-big'))).toThrow(/ENOENT/);
  scene.letPass();
  const again = scene.resumeReceiver();
  expect([await again.exitCode, await scene.sender.exitCode], again.stderr).toEqual([0, 0]);
  expect(readlinkSync(join(scene.out, 'tree/to-big'))).toBe('big.bin');
  expect(readlinkSync(join(scene.out, 'tree/deep/up'))).toBe('.');
  expect(again.stderr).not.toContain('Accept');
});

it('after a sender with --follow was killed, links are followed all the same', async () => {
  const elsewhere = join(await scratchFolder(), 'elsewhere.txt');
  writeFileSync(elsewhere, 'from elsewhere');
  const links = { 'to-big': 'deep', 'zz-outside': elsewhere };
  const scene = await halfway({ links, senderArgs: ['--follow'] });
  scene.sender.kill('SIGKILL');
  await scene.sender.exitCode;
  scene.letPass();
  const again = scene.resumeSender();
  expect([await again.exitCode, await scene.receiver.exitCode], again.stderr).toEqual([0, 0]);
  const made = listing(join(scene.out, 'tree')).filter((line) => !line.startsWith('big.bin'));
  expect(made.filter((line) => line.includes('->'))).toEqual([]);
  expect(made).toContain('to-big/z.txt: last');
  expect(made).toContain('zz-outside: from elsewhere');
});

it('the classic format gets content once, and its sender is told of the links', async () => {
  const source = await treeOf({ f: 'f' }, { l: 'f' });
  const sent = await finished(['send', 'ws://127.0.0.1:1', 'a-code', source]);
  expect(sent.stderr).toContain('1 symbolic link is left out: this format knows none.');
});
