// What Windows answers that other systems don't: both ends are real processes under a stub of node:fs that answers as Windows does
// (windows.cjs says by which source). Nobody has tried them on Windows itself.
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { scratchFolder } from '../../apps/cli/test/scratch.ts';
import { run } from '../../apps/cli/test/system/cli-process.ts';
import { listTree, makeTree } from '../../apps/cli/test/system/tree.ts';
import { onSystem, transferred } from './as-system.ts';

async function scene(tree: Record<string, string>): Promise<{ source: string; out: string }> {
  const folder = await scratchFolder();
  const [source, out] = [join(folder, 'd'), join(folder, 'out')];
  makeTree(source, tree);
  mkdirSync(out);
  return { source, out };
}

const THREE = { 'a.txt': 'a', 'b.bin': 'b'.repeat(300_000), 'sub/c.txt': 'c' };
const ALL_THREE = ['d', 'd/a.txt', 'd/b.bin', 'd/sub', 'd/sub/c.txt'];

it('a disk whose hard links answer EISDIR gets every file under its name', async () => {
  const { source, out } = await scene(THREE);
  const windows = onSystem('windows', 'no-links');
  const { exitCodes } = await transferred([source], out, { sender: windows, receiver: windows });
  expect(exitCodes).toEqual([0, 0]);
  expect(listTree(out)).toEqual(ALL_THREE);
});

it('a device number that differs by path and by descriptor holds up no file', async () => {
  const { source, out } = await scene(THREE);
  const windows = onSystem('windows', 'dev-by-path');
  const { exitCodes } = await transferred([source], out, { sender: windows, receiver: windows });
  expect(exitCodes).toEqual([0, 0]);
  expect(listTree(out)).toEqual(ALL_THREE);
});

it('a file that answers with an errno of no name fails alone, told by number and call', async () => {
  const { source, out } = await scene({ ...THREE, 'blocked.exe': 'x', 'offline.doc': 'y'.repeat(70_000) });
  const { exitCodes, receiver, sender } = await transferred([source], out, {
    sender: onSystem('windows', 'blocked', 'offline'),
    receiver: onSystem('windows'),
  });
  expect(exitCodes).toEqual([4, 3]);
  expect(listTree(out).filter((path) => ALL_THREE.includes(path))).toEqual(ALL_THREE);
  expect(sender.stderr).toContain('the system reports UNKNOWN (error -4094 of the call open)');
  expect(sender.stderr).toContain('the system reports UNKNOWN (error -4094 of the call read)');
  expect(sender.stderr + receiver.stderr).not.toMatch(/ at .*\.js|node:internal|UNKNOWN:/);
});

it('a target that answers with an errno of no name is the only file that fails, told by number and call', async () => {
  const { source, out } = await scene({ ...THREE, 'blocked.exe': 'x'.repeat(1_000_000), 'z.txt': 'z' });
  const { exitCodes, receiver } = await transferred([source], out, {
    receiver: onSystem('windows', 'blocked'),
  });
  expect(exitCodes).toEqual([4, 3]);
  expect(receiver.stderr).not.toMatch(/Paused|node:internal/);
  expect(receiver.stderr).toContain(
    '“d/blocked.exe” was not delivered: the receiving device could not write it (the system reports UNKNOWN (error -4094 of the call open)).',
  );
  expect(listTree(out)).toEqual([...ALL_THREE, 'd/z.txt']);
});

it('where the only file is one that cannot be written, nothing of it is waited for', async () => {
  const { source, out } = await scene({ 'blocked.exe': 'x'.repeat(1_000_000) });
  const { exitCodes, receiver } = await transferred([join(source, 'blocked.exe')], out, {
    receiver: onSystem('windows', 'blocked'),
  });
  expect(exitCodes).toEqual([4, 3]);
  expect(receiver.stderr).toContain('the system reports UNKNOWN (error -4094 of the call open)');
});

it('a scanner that holds a new file makes no second one, and leaves no part', async () => {
  const { source, out } = await scene(THREE);
  const { exitCodes } = await transferred([source], out, { receiver: onSystem('windows', 'scanner') });
  expect(exitCodes).toEqual([0, 0]);
  expect(listTree(out)).toEqual(ALL_THREE);
});

it('a scanner that never lets go fails no file; its part is told, and never written to again', async () => {
  const { source, out } = await scene({ 'a.txt': 'first' });
  const stays = { receiver: onSystem('windows', 'scanner-stays') };
  const first = await transferred([source], out, stays);
  expect(first.exitCodes).toEqual([0, 0]);
  expect(readdirSync(join(out, 'd')).sort()).toEqual(['a.txt', 'a.txt.p2p.part']);
  expect(first.receiver.stderr).toContain('a.txt.p2p.part');
  writeFileSync(join(source, 'a.txt'), 'other');
  const second = await transferred([source], out, { receiver: onSystem('windows') });
  expect(second.exitCodes).toEqual([0, 0]);
  expect(readFileSync(join(out, 'd/a.txt'), 'utf8')).toBe('first');
  expect(readFileSync(join(out, 'd/a (1).txt'), 'utf8')).toBe('other');
});

it('junctions and what the system keeps for itself are left out and counted, and keep nothing back', async () => {
  const tree = {
    ...THREE,
    'My Music/x': '',
    'System Volume Information/y': '',
    'pagefile.sys': 'z',
  };
  const { source, out } = await scene(tree);
  const windows = onSystem('windows');
  const { exitCodes, receiver, sender } = await transferred([source], out, {
    send: ['--skip-unsendable'],
    sender: windows,
    receiver: windows,
  });
  expect(exitCodes).toEqual([0, 0]);
  expect(listTree(out)).toEqual(ALL_THREE);
  expect(sender.stderr).toMatch(/My Music/);
  expect(receiver.stderr).toMatch(/3 /);
});

it('a read-only target that is to be replaced is refused at once and told, not waited for', async () => {
  const { source, out } = await scene({ 'a.txt': 'new', 'b.txt': 'new' });
  makeTree(join(out, 'd'), { 'a.txt': 'old', 'b.txt': 'old' });
  chmodSync(join(out, 'd/a.txt'), 0o444);
  const { exitCodes, receiver } = await transferred([source], out, {
    receive: ['--overwrite', 'always'],
    receiver: onSystem('windows'),
  });
  expect(exitCodes).toEqual([4, 3]);
  expect(receiver.stderr).not.toContain('Paused');
  expect(receiver.stderr).toContain('read-only');
  expect(readFileSync(join(out, 'd/a.txt'), 'utf8')).toBe('old');
  expect(existsSync(join(out, 'd/a (1).txt'))).toBe(false);
  expect(readFileSync(join(out, 'd/b.txt'), 'utf8')).toBe('new');
});

it('a folder whose attributes allow what its list of rights denies is refused before the code is used', async () => {
  const out = join(await scratchFolder(), 'denied');
  mkdirSync(out);
  const args = ['receive', '7-guitar-ocean', '--yes', '--relay', 'http://127.0.0.1:9', '--out', out];
  const receiver = run(args, { set: onSystem('windows') });
  expect(await receiver.exitCode).toBe(4);
  expect(receiver.stderr).toMatch(/denied” cannot be written: the system does not permit it/);
});

it('what a folder replaces is not removed where a file of that folder cannot be written', async () => {
  const { source, out } = await scene({ 'a.txt': 'a', 'blocked.exe': 'x' });
  writeFileSync(join(out, 'd'), 'the only copy');
  const { exitCodes, receiver } = await transferred([source], out, {
    receive: ['--overwrite', 'always'],
    receiver: onSystem('windows', 'blocked'),
  });
  expect(exitCodes).toEqual([4, 3]);
  expect(readFileSync(join(out, 'd/a.txt'), 'utf8')).toBe('a');
  const [aside] = readdirSync(out).filter((name) => name !== 'd');
  expect(readFileSync(join(out, aside!), 'utf8')).toBe('the only copy');
  expect(receiver.stderr).toContain('What was to be replaced by a folder is kept under another name');
});
