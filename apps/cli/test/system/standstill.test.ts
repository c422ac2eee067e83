// A disk that can't take more: both sides are told, wait, and go on by themselves when there is room or permission.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scratchFolder } from '../scratch.ts';
import { codeOf, type RunOptions, run, startRelayProcess } from './cli-process.ts';
import { startMeteredProxy } from './metered-proxy.ts';
import { describeTree, makeTree } from './tree.ts';

const isRoot = process.getuid?.() === 0 && process.platform === 'linux';
const NOBODY = 65_534;

/** A receiver that writes into `out`, and stands still in the middle of its content. */
async function standing(root: string, out: string, args: string[], options: RunOptions = {}) {
  const source = join(root, 'tree');
  makeTree(source, { 'big.bin': randomBytes(6_000_000), 'later.txt': 'later' });
  const relay = await startRelayProcess();
  const proxy = await startMeteredProxy(relay.url);
  const held = proxy.holdAfter(2_000_000);
  const sender = run(['send', source, '--relay', relay.url, ...args], {
    set: { P2P_COPY_STATE: join(root, 'state of the sender') },
  });
  const code = await codeOf(sender);
  const receiver = run(['receive', code, '--yes', '--relay', proxy.url, '--out', out, ...args], options);
  await held;
  return { source, proxy, sender, receiver };
}

describe.skipIf(!isRoot)('a disk (needs root)', () => {
  async function withDisk(use: (root: string, disk: string) => Promise<void>): Promise<void> {
    const root = await scratchFolder();
    const disk = join(root, 'disk');
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=12m', 'tmpfs', disk]);
    try {
      await use(root, disk);
    } finally {
      execFileSync('umount', ['-l', disk]);
    }
  }

  it('that is full pauses the transfer until there is room', async () => {
    await withDisk(async (root, disk) => {
      const { source, proxy, sender, receiver } = await standing(root, disk, []);
      fill(join(disk, 'filler'));
      proxy.release();
      await receiver.says(/Paused: “tree\/.*” cannot be written: the disk is full\. It goes on by itself/);
      await sender.says(/Paused: There is not enough space on the receiving device\. It goes on by itself/);
      rmSync(join(disk, 'filler'));
      expect([await receiver.exitCode, await sender.exitCode]).toEqual([0, 0]);
      for (const { stderr } of [sender, receiver]) expect(stderr).toMatch(/^Going on\.$/m);
      expect(receiver.stderr).not.toContain('Warning');
      expect(describeTree(join(disk, 'tree'))).toEqual(describeTree(source));
    });
  });

  it('that is full ends it at once without patience, and resume goes on', async () => {
    await withDisk(async (root, disk) => {
      const set = { P2P_COPY_STATE: join(root, 'state of the receiver') };
      const { source, proxy, sender, receiver } = await standing(root, disk, ['--reconnect-timeout', '0'], {
        set,
      });
      fill(join(disk, 'filler'));
      proxy.release();
      expect([await receiver.exitCode, await sender.exitCode]).toEqual([4, 3]);
      expect(receiver.stderr).toMatch(
        /the disk is full\.\nMake room, then run p2p-copy resume on both sides/,
      );
      expect(sender.stderr).toMatch(
        /\nAsk the receiver to make room, then run p2p-copy resume on both sides\./,
      );
      rmSync(join(disk, 'filler'));
      const again = run(['resume'], { set });
      const senderAgain = run(['resume'], { set: { P2P_COPY_STATE: join(root, 'state of the sender') } });
      expect([await again.exitCode, await senderAgain.exitCode], again.stderr).toEqual([0, 0]);
      expect(describeTree(join(disk, 'tree'))).toEqual(describeTree(source));
    });
  });

  it('that may not be written any more pauses it until it may', async () => {
    const root = await scratchFolder();
    chmodSync(root, 0o755);
    const out = join(root, 'out');
    mkdirSync(out);
    chownSync(out, NOBODY, NOBODY);
    const { source, proxy, sender, receiver } = await standing(root, out, [], {
      uid: NOBODY,
      gid: NOBODY,
      set: { P2P_COPY_STATE: join(out, '.state') },
    });
    chmodSync(join(out, 'tree'), 0o555);
    proxy.release();
    await receiver.says(/Paused: “tree\/.*” cannot be written: permission is denied\./);
    await sender.says(/Paused: The receiving device could not write a file\./);
    chmodSync(join(out, 'tree'), 0o755);
    expect([await receiver.exitCode, await sender.exitCode], receiver.stderr).toEqual([0, 0]);
    expect(readFileSync(join(out, 'tree/later.txt'), 'utf8')).toBe('later');
    expect(describeTree(join(out, 'tree'))).toEqual(describeTree(source));
  });
});

/** Takes all the room that is left. */
function fill(path: string): void {
  for (let bytes = 1_048_576; bytes >= 4096; bytes /= 2) {
    try {
      for (;;) writeFileSync(path, new Uint8Array(bytes), { flag: 'a' });
    } catch {
      // A smaller piece may fit.
    }
  }
}
