// The frozen format: the command of the commit at which it was frozen goes on working with the newest, in every pairing. Real
// processes, bytes compared. test/fixtures/old-end/README.md says which commit.
import { randomBytes } from 'node:crypto';
import { readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { scratchFolder } from '../scratch.ts';
import { BIN, codeOf, type RelayProcess, run, startRelayProcess } from './cli-process.ts';
import { describeTree, makeTree } from './tree.ts';

const OLD = fileURLToPath(new URL('../../../../test/fixtures/old-end/cli.js', import.meta.url));
const BINS = { old: OLD, new: BIN };
type Age = keyof typeof BINS;

/** Every pairing in which something is old: relay, sender, receiver. */
const PAIRINGS: [Age, Age, Age][] = [
  ['new', 'old', 'new'],
  ['new', 'new', 'old'],
  ['new', 'old', 'old'],
  ['old', 'new', 'new'],
  ['old', 'old', 'new'],
  ['old', 'new', 'old'],
  ['old', 'old', 'old'],
];

describe.each(PAIRINGS)(
  'with a relay that is %s, a sender that is %s and a receiver that is %s',
  (...ages) => {
    const [relayAge, senderAge, receiverAge] = ages;

    async function scene() {
      const relay = await startRelayProcess('0', [], { bin: BINS[relayAge] });
      const root = await scratchFolder();
      const [source, out] = [join(root, 'tree'), join(root, 'out')];
      makeTree(source, {
        'big.bin': randomBytes(3_000_001),
        'lines.txt': 'the same line again and again\n'.repeat(60_000),
        'deep/er/a': 'a',
        zero: '',
        'empty/': '',
      });
      return { relay, source, out };
    }

    async function transfer(relay: RelayProcess, source: string, out: string, ...more: string[]) {
      const set = { P2P_COPY_RELAY: relay.url };
      const sender = run(['send', source], { set, bin: BINS[senderAge] });
      const args = ['receive', await codeOf(sender), '--yes', '--out', out, ...more];
      const receiver = run(args, { set, bin: BINS[receiverAge] });
      const exitCodes = [await receiver.exitCode, await sender.exitCode];
      expect(exitCodes, `${sender.stderr}\n${receiver.stderr}`).toEqual([0, 0]);
      return receiver;
    }

    it('a folder arrives whole, and what lies there is compared', async () => {
      const { relay, source, out } = await scene();
      await transfer(relay, source, out);
      const tree = join(out, 'tree');
      expect(describeTree(tree)).toEqual(describeTree(source));
      truncateSync(join(tree, 'big.bin'), 1_000_000);
      await transfer(relay, source, out, '--continue', '--overwrite', 'always');
      expect(readFileSync(join(tree, 'big.bin'))).toEqual(readFileSync(join(source, 'big.bin')));
      expect(await relay.stop()).toBe(0);
    });

    it('a transfer whose receiver was killed goes on by its note', async () => {
      const { relay, source, out } = await scene();
      makeTree(source, { 'more.bin': randomBytes(60_000_000) });
      const set = { P2P_COPY_RELAY: relay.url, HOME: join(out, '../home') };
      const sender = run(['send', source], {
        set: { ...set, HOME: join(out, '../other') },
        bin: BINS[senderAge],
      });
      const args = ['receive', await codeOf(sender), '--yes', '--json', '--out', out];
      const receiver = run(args, { set, bin: BINS[receiverAge] });
      await receiver.tells('progress');
      receiver.kill('SIGKILL');
      await receiver.exitCode;
      const resumed = run(['resume'], { set, bin: BINS[receiverAge], input: '' });
      expect([await resumed.exitCode, await sender.exitCode], `${resumed.stderr}\n${sender.stderr}`).toEqual([
        0, 0,
      ]);
      expect(describeTree(join(out, 'tree'))).toEqual(describeTree(source));
      expect(await relay.stop()).toBe(0);
    });
  },
);
