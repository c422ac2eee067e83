// Real disks of other kinds than this machine's own, mounted from image files: what only such a disk refuses is tried on one.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished, type TestContext } from 'vitest';
import { scratchFolder } from './scratch.ts';

export type DiskKind = 'ntfs' | 'lowntfs' | 'exfat' | 'ext2' | 'ext4' | 'btrfs';

const MEGABYTE = 1024 * 1024;
/** Programs that each needs, and how an image is made and mounted. */
const KINDS: Record<DiskKind, { needs: string[]; megabytes: number; make: string[]; mount: string[] }> = {
  ntfs: {
    needs: ['mkntfs', 'ntfs-3g'],
    megabytes: 64,
    make: ['mkntfs', '-F', '-Q', '-q'],
    mount: ['ntfs-3g'],
  },
  lowntfs: {
    needs: ['mkntfs', 'lowntfs-3g'],
    megabytes: 64,
    make: ['mkntfs', '-F', '-Q', '-q'],
    mount: ['lowntfs-3g'],
  },
  exfat: {
    needs: ['mkfs.exfat', 'mount.exfat-fuse', 'losetup'],
    megabytes: 64,
    make: ['mkfs.exfat'],
    mount: ['mount.exfat-fuse'],
  },
  /** With the small inodes of old disks, which hold times of 1901 to 2038. */
  ext2: {
    needs: ['mkfs.ext2'],
    megabytes: 64,
    make: ['mkfs.ext2', '-q', '-F', '-I', '128'],
    mount: ['mount', '-t', 'ext2'],
  },
  ext4: {
    needs: ['mkfs.ext4'],
    megabytes: 64,
    make: ['mkfs.ext4', '-q', '-F'],
    mount: ['mount', '-t', 'ext4'],
  },
  btrfs: {
    needs: ['mkfs.btrfs'],
    megabytes: 128,
    make: ['mkfs.btrfs', '-q'],
    mount: ['mount', '-t', 'btrfs'],
  },
};

/** Why such a disk can't be had here; null when it can. */
function reasonWithout(kind: DiskKind): string | null {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'only root on Linux may mount';
  const missing = KINDS[kind].needs.filter((program) => !isOnPath(program));
  return missing.length === 0 ? null : `${missing.join(' and ')} not installed`;
}

function isOnPath(program: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' }).status === 0;
}

/**
 * A new disk of that kind, mounted until the test has ended; its root may be written by everybody. Skips the test, with the reason, where
 * it can't be had.
 * @param options of the mount, with commas
 */
export async function mountDisk(
  context: Pick<TestContext, 'skip'>,
  kind: DiskKind,
  options = '',
): Promise<string> {
  const reason = reasonWithout(kind);
  if (reason !== null) context.skip(reason);
  const { megabytes, make, mount } = KINDS[kind];
  const scratch = await scratchFolder();
  const [image, folder] = [join(scratch, 'image'), join(scratch, 'disk')];
  writeFileSync(image, '');
  truncateSync(image, megabytes * MEGABYTE);
  mkdirSync(folder);
  quietly([...make, image]);
  // As the loop device of a FUSE file system is, so that nothing else has to find it.
  let device: string;
  try {
    device = execFileSync('losetup', ['-f', '--show', image], { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return context.skip('this system has no loop devices') as never;
  }
  onTestFinished(() => quietly(['losetup', '-d', device]));
  try {
    quietly([...mount, ...(options === '' ? [] : ['-o', options]), device, folder]);
  } catch {
    context.skip(`${mount[0]} can't mount here`);
  }
  onTestFinished(() => quietly(['umount', folder]));
  quietly(['chmod', '755', scratch]);
  spawnSync('chmod', ['777', folder]);
  return folder;
}

function quietly([file, ...args]: string[]): void {
  execFileSync(file!, args, { stdio: 'pipe' });
}
