// Disks with coarse clocks and without hard links: both ends are real processes under a stub of node:fs that answers as such disks do
// (fat.cjs says by which source).
import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { scratchFolder } from '../../apps/cli/test/scratch.ts';
import { codeOf, run, startRelayProcess } from '../../apps/cli/test/system/cli-process.ts';
import { listTree, makeTree } from '../../apps/cli/test/system/tree.ts';
import { onSystem, transferred } from './as-system.ts';

/** An odd second, and a fraction of every grain. */
const MODIFIED_S = 1_600_000_001.987;

it.each([2_000, 1_000, 10])(
  'what arrived on a disk with a grain of %i ms is not asked about again, and what changed is',
  async (grainMs) => {
    const folder = await scratchFolder();
    const [source, out] = [join(folder, 'd'), join(folder, 'out')];
    makeTree(source, { 'a.txt': 'same', 'b.txt': 'one' });
    for (const name of ['a.txt', 'b.txt']) utimesSync(join(source, name), MODIFIED_S, MODIFIED_S);
    mkdirSync(out);
    const fat = { receiver: onSystem('fat', `grain-${grainMs}`) };
    expect((await transferred([source], out, fat)).exitCodes).toEqual([0, 0]);
    expect(Math.round(statSync(join(out, 'd/a.txt')).mtimeMs) % grainMs).toBe(0);

    // Changed by more than the grain.
    writeFileSync(join(source, 'b.txt'), 'two');
    utimesSync(join(source, 'b.txt'), MODIFIED_S + 5, MODIFIED_S + 5);
    const relay = await startRelayProcess();
    const set = { P2P_COPY_RELAY: relay.url };
    const sender = run(['send', source], { set });
    const receiver = run(['receive', await codeOf(sender), '--yes', '--overwrite', 'ask', '--out', out], {
      set: { ...set, ...fat.receiver },
      terminal: true,
    });
    await receiver.says(/Replace it\?/);
    receiver.type('rename\n');
    expect([await receiver.exitCode, await sender.exitCode]).toEqual([0, 0]);
    expect(receiver.stdout.toString().match(/is already there/g)).toHaveLength(1);
    expect(receiver.stdout.toString()).toContain('Already there and equal: 1 file.');
    await relay.stop();
    expect(listTree(out)).toEqual(['d', 'd/a.txt', 'd/b (1).txt', 'd/b.txt']);
  },
);

it('a disk without hard links keeps the transfers of one folder apart', async () => {
  const folder = await scratchFolder();
  const [source, out, state] = [join(folder, 'd'), join(folder, 'out'), join(folder, 'state')];
  makeTree(source, { 'a.txt': 'a' });
  mkdirSync(out);
  const fat = { ...onSystem('fat'), P2P_COPY_STATE: state };
  const { exitCodes, receiver, sender } = await transferred([source], out, { sender: fat, receiver: fat });
  expect(exitCodes).toEqual([0, 0]);
  expect(readFileSync(join(out, 'd/a.txt'), 'utf8')).toBe('a');
  expect(sender.stderr + receiver.stderr).not.toContain('cannot be continued');
  expect(readdirSync(join(state, 'transfers'))).toEqual([]);
});
