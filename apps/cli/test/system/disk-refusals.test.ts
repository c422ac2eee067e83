// What a disk refuses, by real disks that do: each refusal has a sentence that is true of it, and advice that helps.
import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { scratchFolder } from '../scratch.ts';
import { codeOf, type RunOptions, run, startRelayProcess } from './cli-process.ts';

/** Whether this user may mount. */
const mayMount = (() => {
  try {
    execFileSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', '/mnt'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

async function mounted(options: string): Promise<string> {
  const folder = join(await scratchFolder(), 'disk');
  mkdirSync(folder);
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'none', folder]);
  onTestFinished(() => void execFileSync('umount', [folder]));
  return folder;
}

/** One transfer to its end. */
async function transferred(source: string, receiveArgs: readonly string[], options: RunOptions = {}) {
  const relay = await startRelayProcess();
  const set = { P2P_COPY_RELAY: relay.url };
  const sender = run(['send', source], { set });
  const receiver = run(['receive', await codeOf(sender), '--yes', '--patience', '0', ...receiveArgs], {
    ...options,
    set,
  });
  const exitCodes = [await receiver.exitCode, await sender.exitCode];
  await relay.stop();
  return { exitCodes, sender, receiver };
}

async function folderOf(files: number): Promise<string> {
  const source = join(await scratchFolder(), 'many');
  mkdirSync(source);
  for (let i = 0; i < files; i += 1) writeFileSync(join(source, `f${i}`), 'x');
  return source;
}

it.skipIf(!mayMount)('a disk that is out of inodes is not said to be full', async () => {
  const out = await mounted('size=20m,nr_inodes=8');
  const { exitCodes, receiver } = await transferred(await folderOf(20), ['--out', out]);
  expect(exitCodes).toEqual([4, 3]);
  expect(receiver.stderr).toContain('out of inodes');
  expect(receiver.stderr).toContain('Delete files that are not needed, however small');
  expect(receiver.stderr).not.toContain('is full');
});

it.skipIf(!mayMount)('a read-only disk is said to be, before the code is used', async () => {
  const out = await mounted('size=20m,ro');
  const receiver = run(['receive', '7-guitar-ocean', '--yes', '--out', out]);
  expect(await receiver.exitCode).toBe(4);
  expect(receiver.stderr).toMatch(/cannot be written: the disk is read-only\.\nMake the disk writable/);
});

it('a file that is larger than may be written is said to be, and not the name or the space', async () => {
  const source = join(await scratchFolder(), 'large.bin');
  writeFileSync(source, Buffer.alloc(8 * 1024 * 1024, 1));
  const out = await scratchFolder();
  const { exitCodes, receiver } = await transferred(source, ['--out', out], { fileKibibytes: 2_048 });
  expect(exitCodes).toEqual([4, 3]);
  expect(receiver.stderr).toMatch(/does not take files that large/);
  expect(receiver.stderr).toMatch(/Choose another disk/);
});

it('who reads standard output and leaves is said to have, and no folder is advised', async () => {
  const source = join(await scratchFolder(), 'large.bin');
  writeFileSync(source, Buffer.alloc(32 * 1024 * 1024, 1));
  const relay = await startRelayProcess();
  const set = { P2P_COPY_RELAY: relay.url };
  const sender = run(['send', source], { set });
  const code = await codeOf(sender);
  const receiver = run(['receive', code, '--yes', '--stdout'], { set });
  receiver.child.stdout!.once('data', () => receiver.child.stdout!.destroy());
  expect([await receiver.exitCode, await sender.exitCode]).toEqual([4, 3]);
  expect(receiver.stderr).toContain('The output cannot be written: whoever read it has stopped.');
  expect(receiver.stderr).toContain('Let what reads the output read to its end, then ask the sender');
  expect(receiver.stderr).not.toContain('--out');
  await relay.stop();
});

it.skipIf(process.platform !== 'linux')(
  'an output that is full is advised about where it goes, not about folders',
  async () => {
    const source = join(await scratchFolder(), 'large.bin');
    writeFileSync(source, Buffer.alloc(1024 * 1024, 1));
    const full = openSync('/dev/full', 'w');
    onTestFinished(() => closeSync(full));
    const { exitCodes, receiver } = await transferred(source, ['--stdout'], {
      stdio: ['pipe', full, 'pipe'],
    });
    expect(exitCodes).toEqual([4, 3]);
    expect(receiver.stderr).toContain('The output cannot be written: the disk is full.');
    expect(receiver.stderr).toContain('Check where the output goes');
    expect(receiver.stderr).not.toContain('--out');
  },
);
