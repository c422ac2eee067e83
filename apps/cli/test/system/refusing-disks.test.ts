// What isn't content fails no content: disks that take bytes and names, and neither modes nor times.
import { chmodSync, chownSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { mountDisk } from '../disks.ts';
import { scratchFolder } from '../scratch.ts';
import { transferOnce } from './transfer-once.ts';
import { listTree, makeTree } from './tree.ts';

const mayChown = process.getuid?.() === 0;
const NOBODY = { uid: 65_534, gid: 65_534 };
/** Written by everybody, changed in nothing else by anybody but root: as a stick that another user mounted. */
const FOR_ANOTHER_OWNER = 'umask=000,uid=0,gid=0,allow_other,default_permissions';

/** Of all of these tests: that user can make no folder in the runner's. */
const STATE_OF_NOBODY = mkdtempSync(join(tmpdir(), 'p2p-copy-nobody-'));
if (mayChown) chownSync(STATE_OF_NOBODY, NOBODY.uid, NOBODY.gid);
afterAll(() => rmSync(STATE_OF_NOBODY, { recursive: true, force: true }));

async function asNobody(out: string, receive: string[] = []) {
  const source = join(await scratchFolder(), 'd');
  makeTree(source, { 'a.txt': 'a', 'run.sh': 'b', 'sub/c.txt': 'c', 'empty/': '' });
  const receiver = { ...NOBODY, set: { P2P_COPY_STATE: STATE_OF_NOBODY } };
  return transferOnce(source, out, { receive, receiver });
}

it('a disk that lets neither mode nor time be set gets every file under its name, with one warning', async (context) => {
  const out = await mountDisk(context, 'ntfs', FOR_ANOTHER_OWNER);
  const { exitCodes, receiver, sender } = await asNobody(out);
  expect(exitCodes).toEqual([0, 0]);
  expect(listTree(out)).toEqual(['d', 'd/a.txt', 'd/empty', 'd/run.sh', 'd/sub', 'd/sub/c.txt']);
  expect(readFileSync(join(out, 'd/sub/c.txt'), 'utf8')).toBe('c');
  expect(receiver.stderr.match(/The disk did not let/g)).toHaveLength(1);
  expect(receiver.stderr).toContain('of all files and folders be set; their content is complete.');
  expect(receiver.stderr + sender.stderr).not.toMatch(/[Pp]aused/);
});

it('a program hears in --json what the disk refused', async (context) => {
  const out = await mountDisk(context, 'ntfs', FOR_ANOTHER_OWNER);
  const { exitCodes, receiver } = await asNobody(out, ['--json']);
  expect(exitCodes).toEqual([0, 0]);
  expect(receiver.events.filter(({ event }) => event === 'warning')).toHaveLength(1);
  expect(receiver.events.at(-1)).toMatchObject({
    event: 'done',
    diskRefused: expect.arrayContaining(['time']),
  });
});

it.for(['exfat', 'ext4', 'btrfs'] as const)('all arrives on %s', async (kind, context) => {
  const out = await mountDisk(context, kind);
  const { exitCodes } = await transferOnce(await treeOfThree(), out);
  expect(exitCodes).toEqual([0, 0]);
  expect(listTree(join(out, 'd'))).toEqual(['a.txt', 'run.sh', 'sub', 'sub/c.txt']);
});

it.skipIf(!mayChown)('permission that was never there is waited for by nobody', async () => {
  const out = await scratchFolder();
  makeTree(out, { 'd/x': 'x' });
  chmodSync(out, 0o777);
  const { exitCodes, receiver } = await asNobody(out);
  expect(exitCodes).toEqual([4, 3]);
  expect(receiver.stderr).toMatch(/cannot be written: permission is denied\./);
  expect(receiver.stderr).not.toContain('Paused');
});

async function treeOfThree(): Promise<string> {
  const source = join(await scratchFolder(), 'd');
  makeTree(source, { 'a.txt': 'a', 'run.sh': 'b', 'sub/c.txt': 'c' });
  return source;
}
