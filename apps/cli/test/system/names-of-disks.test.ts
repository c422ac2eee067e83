// Names that the disk of the output folder can't hold: real disks of other systems. They get other names, and nothing else waits for them.
import { lstatSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mountDisk } from '../disks.ts';
import { scratchFolder } from '../scratch.ts';
import { halfway } from './halfway.ts';
import { transferOnce } from './transfer-once.ts';
import { listTree, makeTree } from './tree.ts';

async function folderOf(files: Record<string, string>): Promise<string> {
  const source = join(await scratchFolder(), 'd');
  makeTree(source, files);
  return source;
}

describe('a name that the disk cannot hold', () => {
  it.for([
    ['ntfs', 'windows_names'],
    ['exfat', ''],
  ] as const)('keeps nothing else back on %s, and is changed and told', async ([kind, options], context) => {
    const out = await mountDisk(context, kind, options);
    const source = await folderOf({
      'ok.txt': 'ok',
      'Meeting 10:30.txt': 'a',
      'a?b/x*.txt': 'b',
      'Meeting 10_30.txt': 'c',
    });
    const { exitCodes, receiver } = await transferOnce(source, out);
    expect(exitCodes, receiver.stderr).toEqual([0, 0]);
    expect(listTree(join(out, 'd'))).toEqual([
      'Meeting 10_30 (1).txt',
      'Meeting 10_30.txt',
      'a_b',
      'a_b/x_.txt',
      'ok.txt',
    ]);
    expect(readFileSync(join(out, 'd/Meeting 10_30 (1).txt'), 'utf8')).toBe('a');
    expect(readFileSync(join(out, 'd/Meeting 10_30.txt'), 'utf8')).toBe('c');
    expect(receiver.stderr).toContain(
      '“d/Meeting 10:30.txt” cannot have that name here; it is saved as “d/Meeting 10_30 (1).txt”.',
    );
    expect(receiver.stderr).toContain('“d/a?b” cannot have that name here; it is saved as “d/a_b”.');
    // Nothing is left of what the disk was asked.
    expect(listTree(out).filter((path) => path.includes('.p2p'))).toEqual([]);
  });

  it('is what Windows can’t hold: devices, dots and blanks at the end', async (context) => {
    const out = await mountDisk(context, 'ntfs', 'windows_names');
    const source = await folderOf({ con: '1', 'Aux.tar.gz': '2', 'dot.': '3', 'blank ': '4', 'nul/x': '5' });
    const { exitCodes } = await transferOnce(source, out);
    expect(exitCodes).toEqual([0, 0]);
    expect(listTree(join(out, 'd'))).toEqual(['Aux_.tar.gz', 'blank_', 'con_', 'dot_', 'nul_', 'nul_/x']);
  });

  it('is told with both names in --json, and is known again', async (context) => {
    const out = await mountDisk(context, 'ntfs', 'windows_names');
    const source = await folderOf({ 'a:b': 'text' });
    const mapped = [{ path: 'd/a:b', savedAs: 'd/a_b' }];
    for (let time = 0; time < 2; time += 1) {
      const { exitCodes, receiver } = await transferOnce(source, out, { receive: ['--json'] });
      expect(exitCodes).toEqual([0, 0]);
      expect(receiver.events.at(-1)).toMatchObject({ event: 'done', mapped });
      expect(listTree(join(out, 'd'))).toEqual(['a_b']);
    }
  });

  it('is found again when the transfer is resumed', async (context) => {
    const into = await mountDisk(context, 'ntfs', 'windows_names,big_writes');
    const bigName = { sent: 'big:10.bin', saved: 'big_10.bin' };
    const scene = await halfway({ into, bigName });
    scene.receiver.kill('SIGKILL');
    await scene.receiver.exitCode;
    scene.letPass();
    const again = scene.resumeReceiver();
    expect([await again.exitCode, await scene.sender.exitCode], again.stderr).toEqual([0, 0]);
    expect(again.stderr).toMatch(/Comparing .* that are here already/);
    const big = readFileSync(join(scene.source, bigName.sent));
    expect(readFileSync(join(into, 'tree', bigName.saved)).equals(big)).toBe(true);
    expect(listTree(join(into, 'tree')).filter((path) => path.startsWith('big'))).toEqual([bigName.saved]);
  }, 60_000);

  it('can’t become one that a system obeys', async (context) => {
    const out = await mountDisk(context, 'ntfs', 'windows_names');
    const root = await scratchFolder();
    writeFileSync(join(root, '.bash:profile'), 'evil');
    const { exitCodes } = await transferOnce(join(root, '.bash:profile'), out);
    expect(exitCodes).toEqual([4, 3]);
    expect(listTree(out)).toEqual([]);
  });
});

it('case is asked inside the output folder, which may be the root of another disk', async (context) => {
  const out = await mountDisk(context, 'lowntfs', 'ignore_case,windows_names');
  const source = await folderOf({ README: '1', readme: '2', 'Docs/a': '3', 'docs/b': '4' });
  const { exitCodes, receiver } = await transferOnce(source, out);
  expect(exitCodes, receiver.stderr).toEqual([0, 0]);
  expect(listTree(join(out, 'd')).map((path) => path.toLowerCase())).toEqual([
    'docs',
    'docs (1)',
    'docs (1)/b',
    'docs/a',
    'readme',
    'readme (1)',
  ]);
  expect(readFileSync(join(out, 'd/readme'), 'utf8')).toBe('1');
  expect(readFileSync(join(out, 'd/readme (1)'), 'utf8')).toBe('2');
});

describe('a file where a folder is offered', () => {
  const FILES = { 'a.txt': 'a', 'sub/b.txt': 'b' };

  async function received(overwrite: string, prepare: (out: string) => void) {
    const out = await scratchFolder();
    prepare(out);
    const { exitCodes, receiver } = await transferOnce(await folderOf(FILES), out, {
      receive: ['--overwrite', overwrite],
    });
    return { out, exitCodes, stderr: receiver.stderr };
  }
  const fileAtD = (out: string) => writeFileSync(join(out, 'd'), 'mine');

  it('leaves it its name with --overwrite rename', async () => {
    const { out, exitCodes } = await received('rename', fileAtD);
    expect(exitCodes).toEqual([0, 0]);
    expect(listTree(out)).toEqual(['d', 'd (1)', 'd (1)/a.txt', 'd (1)/sub', 'd (1)/sub/b.txt']);
    expect(readFileSync(join(out, 'd'), 'utf8')).toBe('mine');
  });

  it('keeps all of it out with --overwrite skip', async () => {
    const { out, exitCodes, stderr } = await received('skip', fileAtD);
    expect(exitCodes).toEqual([0, 0]);
    expect(listTree(out)).toEqual(['d']);
    expect(stderr).toContain('Left out because already there: 2 files.');
  });

  it('is replaced with --overwrite always, and nothing else stays', async () => {
    const { out, exitCodes } = await received('always', fileAtD);
    expect(exitCodes).toEqual([0, 0]);
    expect(listTree(out)).toEqual(['d', 'd/a.txt', 'd/sub', 'd/sub/b.txt']);
  });

  it('is not followed, nor removed, when it is a link', async () => {
    const elsewhere = await scratchFolder();
    const { out, exitCodes } = await received('always', (folder) =>
      symlinkSync(elsewhere, join(folder, 'd')),
    );
    expect(exitCodes).toEqual([0, 0]);
    expect(listTree(elsewhere)).toEqual([]);
    expect(lstatSync(join(out, 'd')).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(out, 'd (1)/a.txt'), 'utf8')).toBe('a');
  });

  it('is not lost for a folder that stands where a file is offered', async () => {
    const { out, exitCodes } = await received('always', (folder) =>
      makeTree(folder, { 'd/a.txt/mine': 'x' }),
    );
    expect(exitCodes).toEqual([0, 0]);
    expect(readFileSync(join(out, 'd/a.txt/mine'), 'utf8')).toBe('x');
    expect(readFileSync(join(out, 'd/a (1).txt'), 'utf8')).toBe('a');
  });
});
