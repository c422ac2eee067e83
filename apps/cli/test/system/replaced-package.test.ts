// The package is replaced or removed while its command waits, as `npm install` does: what a transfer may need was loaded before.
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { scratchFolder } from '../scratch.ts';
import { codeOf, run, startRelayProcess } from './cli-process.ts';

const CLI = fileURLToPath(new URL('../..', import.meta.url));
const TEXT = 'a line of text that shrinks\n'.repeat(100_000);

/** A copy of the built package; `remove` takes its code away. */
async function installedPackage() {
  const folder = join(await scratchFolder(), 'p2p-copy');
  mkdirSync(folder);
  for (const part of ['bin', 'dist', 'package.json'])
    cpSync(join(CLI, part), join(folder, part), { recursive: true });
  // Beside it, as a package manager puts them.
  symlinkSync(join(CLI, '../../node_modules'), join(dirname(folder), 'node_modules'));
  return {
    bin: join(folder, 'bin/p2p-copy.mjs'),
    remove: () => renameSync(join(folder, 'dist'), join(folder, 'gone')),
    isGone: () => !existsSync(join(folder, 'dist')),
  };
}

test.each(['sender', 'receiver'] as const)(
  'a %s whose package is removed while it waits finishes the transfer',
  async (end) => {
    const relay = await startRelayProcess();
    const folder = await scratchFolder();
    writeFileSync(join(folder, 'a.txt'), TEXT);
    const installed = await installedPackage();
    const set = { P2P_COPY_RELAY: relay.url };
    const bins = { sender: {}, receiver: {}, [end]: { bin: installed.bin } };
    const sender = run(['send', join(folder, 'a.txt'), '--compress', 'on'], { set, ...bins.sender });
    const code = await codeOf(sender);
    if (end === 'sender') installed.remove();
    const out = join(folder, 'out');
    const receiver = run(['receive', code, '--out', out], { set, terminal: true, ...bins.receiver });
    await receiver.says(/\[y\/N\]|\(y\/n\)|Accept|Receive it/i);
    if (end === 'receiver') installed.remove();
    receiver.child.stdin!.write('y\n');
    expect([await receiver.exitCode, await sender.exitCode, installed.isGone()]).toEqual([0, 0, true]);
    expect(readFileSync(join(out, 'a.txt'), 'utf8')).toBe(TEXT);
    await relay.stop();
  },
);
