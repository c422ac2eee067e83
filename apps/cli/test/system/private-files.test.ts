// What is private at the sender is private at the receiver: real files, umask 022.
import { chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scratchFolder } from '../scratch.ts';
import { halfway } from './halfway.ts';
import { transferOnce } from './transfer-once.ts';
import { makeTree } from './tree.ts';

const modeAt = (...path: string[]) => (statSync(join(...path)).mode & 0o7777).toString(8);
const withUmask = (umask: string) => ({
  receiver: { within: ['sh', '-c', `umask ${umask}; exec "$@"`, 'sh'] },
});

describe.skipIf(process.platform === 'win32')('permissions', () => {
  async function source(): Promise<string> {
    const root = await scratchFolder();
    makeTree(root, {
      'priv/id_rsa': 'key',
      'priv/pub': 'key',
      'priv/run.sh': '#!',
      'open/f': 'f',
      'open/tool': 'x',
    });
    for (const [path, mode] of [
      ['priv/id_rsa', 0o600],
      ['priv/pub', 0o664],
      ['priv/run.sh', 0o700],
      ['open/f', 0o666],
      ['open/tool', 0o4755],
      ['open', 0o777],
      ['priv', 0o700],
    ] as const)
      chmodSync(join(root, path), mode);
    return root;
  }

  it('are kept within the umask, and never with setuid', async () => {
    const [from, out] = [await source(), await scratchFolder()];
    for (const name of ['priv', 'open']) {
      const { exitCodes } = await transferOnce(join(from, name), out, withUmask('022'));
      expect(exitCodes).toEqual([0, 0]);
    }
    expect(modeAt(out, 'priv')).toBe('700');
    expect(modeAt(out, 'priv/id_rsa')).toBe('600');
    expect(modeAt(out, 'priv/pub')).toBe('644');
    expect(modeAt(out, 'priv/run.sh')).toBe('700');
    expect(modeAt(out, 'open')).toBe('755');
    expect(modeAt(out, 'open/f')).toBe('644');
    expect(modeAt(out, 'open/tool')).toBe('755');
  });

  it('of a file that is replaced are not widened, and those of a folder that is there stay', async () => {
    const [from, out] = [await source(), await scratchFolder()];
    mkdirSync(join(out, 'open'), { mode: 0o750 });
    writeFileSync(join(out, 'open/f'), 'other');
    chmodSync(join(out, 'open/f'), 0o640);
    const { exitCodes } = await transferOnce(join(from, 'open'), out, {
      ...withUmask('022'),
      receive: ['--overwrite', 'always'],
    });
    expect(exitCodes).toEqual([0, 0]);
    expect(modeAt(out, 'open/f')).toBe('640');
    expect(modeAt(out, 'open')).toBe('750');
  });

  it('let nobody else read a part', async () => {
    const scene = await halfway();
    expect(modeAt(scene.out, 'tree/big.bin.p2p.part')).toBe('600');
    scene.letPass();
    await scene.expectDone(scene.sender, scene.receiver);
    expect(modeAt(scene.out, 'tree/big.bin')).toBe((0o666 & ~process.umask()).toString(8));
  });
});
