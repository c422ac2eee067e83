// Dates arrive: those of folders too, and those before 1970, on real disks.
import { statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { mountDisk } from '../disks.ts';
import { scratchFolder } from '../scratch.ts';
import { transferOnce } from './transfer-once.ts';
import { makeTree } from './tree.ts';

const DATES = {
  'd/old': new Date('1950-03-04T05:06:07Z'),
  'd/new': new Date('2099-03-04T05:06:07Z'),
  'd/sub/f': new Date('2001-02-03T04:05:06Z'),
  'd/sub': new Date('1999-02-03T04:05:06Z'),
  d: new Date('2001-02-03T04:05:06Z'),
};

async function dated(): Promise<string> {
  const root = await scratchFolder();
  makeTree(root, { 'd/old': 'o', 'd/new': 'n', 'd/sub/f': 'f' });
  for (const [path, date] of Object.entries(DATES)) utimesSync(join(root, path), date, date);
  return join(root, 'd');
}

it.for(['btrfs', 'ntfs'] as const)('every date arrives on %s', async (kind, context) => {
  const out = await mountDisk(context, kind);
  const { exitCodes, receiver } = await transferOnce(await dated(), out);
  expect(exitCodes).toEqual([0, 0]);
  for (const [path, date] of Object.entries(DATES))
    expect(statSync(join(out, path)).mtime, path).toEqual(date);
  expect(receiver.stderr).not.toContain('did not let');
});

it('a date that the disk cannot hold is the nearest, and that is said', async (context) => {
  const out = await mountDisk(context, 'ext2');
  const { exitCodes, receiver } = await transferOnce(await dated(), out);
  expect(exitCodes).toEqual([0, 0]);
  expect(statSync(join(out, 'd/old')).mtime).toEqual(DATES['d/old']);
  expect(statSync(join(out, 'd/new')).mtime.getFullYear()).toBe(2038);
  expect(receiver.stderr).toMatch(/did not let the .*dates of all files and folders be set/);
});
