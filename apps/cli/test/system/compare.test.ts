// A new transfer, with a new code, of files that lie at the receiver in some form: with the person's consent only what differs
// is sent, and nothing of theirs is lost.
import { randomBytes } from 'node:crypto';
import { copyFileSync, readFileSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scratchFolder } from '../scratch.ts';
import { codeOf, finished, type RelayProcess, run, startRelayProcess } from './cli-process.ts';
import { startMeteredProxy } from './metered-proxy.ts';
import { describeTree, listTree, makeTree } from './tree.ts';

const CHUNK_BYTES = 262_144;
const BIG_BYTES = 12 * CHUNK_BYTES + 5;

let relay: RelayProcess;
beforeAll(async () => {
  relay = await startRelayProcess();
});
afterAll(() => relay.stop());

/** A folder on both sides, alike in content and times. */
async function delivered() {
  const root = await scratchFolder();
  const [source, out] = [join(root, 'tree'), join(root, 'out')];
  makeTree(source, { 'big.bin': randomBytes(BIG_BYTES), 'a.txt': 'a', zero: '' });
  const proxy = await startMeteredProxy(relay.url);
  const transfer = async (...args: string[]) => {
    const before = proxy.downBytes;
    const sender = run(['send', source, '--relay', relay.url]);
    const code = await codeOf(sender);
    const { exitCode, stderr } = await finished([
      'receive',
      code,
      '--yes',
      '--relay',
      proxy.url,
      '--out',
      out,
      ...args,
    ]);
    expect([exitCode, await sender.exitCode], stderr).toEqual([0, 0]);
    return { stderr, bytes: proxy.downBytes - before };
  };
  await transfer();
  const there = join(out, 'tree/big.bin');
  const expectOnly = (...names: string[]) => expect(listTree(join(out, 'tree'))).toEqual(names);
  const isBig = (path: string) => readFileSync(path).equals(readFileSync(join(source, 'big.bin')));
  const continued = (...args: string[]) => transfer('--continue', ...args);
  return { continued, root, source, out, there, transfer, expectOnly, isBig };
}

/** Something else in the chunks from there on, while size and time stay. */
function corrupt(path: string, chunkIndex: number): void {
  const content = readFileSync(path);
  content.fill(0, chunkIndex * CHUNK_BYTES, chunkIndex * CHUNK_BYTES + 10);
  writeFileSync(path, content);
}

function copyTime(from: string, to: string): void {
  const stats = readTime(from);
  utimesSync(to, stats, stats);
}
const readTime = (path: string) =>
  Number(
    / (\d+) [x-]$/.exec(describeTree(join(path, '..')).find((line) => line.startsWith('big.bin '))!)![1],
  ) / 1000;

describe('what is there', () => {
  it('and the same is left alone', async () => {
    const { source, out, continued } = await delivered();
    const { stderr, bytes } = await continued();
    expect(bytes).toBeLessThan(CHUNK_BYTES / 2);
    expect(stderr).toMatch(/Already there and equal: 3 files\.\nMoved .*\nDone: 3 files/);
    expect(stderr).not.toContain('saved as');
    expect(describeTree(join(out, 'tree'))).toEqual(describeTree(source));
  });

  it('is not compared without consent, and what is equal is still left alone', async () => {
    const { source, out, transfer, expectOnly } = await delivered();
    const { stderr, bytes } = await transfer();
    expect(bytes).toBeGreaterThan(BIG_BYTES);
    expect(stderr).toMatch(/Already there and equal: 3 files\.\nMoved .*\nDone: 3 files/);
    expectOnly('a.txt', 'big.bin', 'zero');
    expect(describeTree(join(out, 'tree'))).toEqual(describeTree(source));
  });

  it('and the same but for its time is left alone, not copied', async () => {
    const { there, continued, expectOnly } = await delivered();
    utimesSync(there, 1, 1);
    const { stderr, bytes } = await continued();
    expect(bytes).toBeLessThan(CHUNK_BYTES / 2);
    expect(stderr).toContain('Already there and equal: 3 files.');
    expect(stderr).not.toContain('saved as');
    expectOnly('a.txt', 'big.bin', 'zero');
  });

  it('and looks the same, but has a wrong chunk, is kept beside what comes', async () => {
    const { source, there, continued, expectOnly, isBig, out } = await delivered();
    corrupt(there, 5);
    copyTime(join(source, 'big.bin'), there);
    const { stderr, bytes } = await continued();
    expect(bytes).toBeLessThan(2.5 * CHUNK_BYTES);
    expectOnly('a.txt', 'big (1).bin', 'big.bin', 'zero');
    expect([isBig(there), isBig(join(out, 'tree/big (1).bin'))]).toEqual([false, true]);
    expect(stderr).toContain('“tree/big.bin” was already there; what came is saved as “tree/big (1).bin”.');
    expect(stderr).toContain('Already there and equal: 2 files.');
  });

  it('and lacks its end gets a twin that starts from it', async () => {
    const { there, continued, expectOnly, isBig, out } = await delivered();
    truncateSync(there, 9 * CHUNK_BYTES + 77);
    const { bytes } = await continued();
    expect(bytes).toBeLessThan(4.5 * CHUNK_BYTES);
    expectOnly('a.txt', 'big (1).bin', 'big.bin', 'zero');
    expect(isBig(join(out, 'tree/big (1).bin'))).toBe(true);
  });

  it.each([
    ['a wrong chunk', (path: string) => corrupt(path, 5), 2.5],
    ['no end', (path: string) => truncateSync(path, 9 * CHUNK_BYTES + 77), 4.5],
  ])('and has %s is repaired with --overwrite always', async (_what, damage, chunks) => {
    const { source, out, there, continued } = await delivered();
    damage(there);
    const { bytes } = await continued('--overwrite', 'always');
    expect(bytes).toBeLessThan(chunks * CHUNK_BYTES);
    expect(describeTree(join(out, 'tree'))).toEqual(describeTree(source));
  });

  it('stays as it is with --overwrite skip, whatever it holds', async () => {
    const { there, transfer, isBig } = await delivered();
    corrupt(there, 5);
    const { stderr } = await transfer('--overwrite', 'skip');
    expect(stderr).toContain('Left out because already there: 3 files.');
    expect(isBig(there)).toBe(false);
  });

  it('is not looked at with --no-resume', async () => {
    const { transfer, expectOnly } = await delivered();
    const { stderr, bytes } = await transfer('--no-resume');
    expect(bytes).toBeGreaterThan(BIG_BYTES);
    expectOnly('a (1).txt', 'a.txt', 'big (1).bin', 'big.bin', 'zero', 'zero (1)');
    expect(stderr).not.toContain('equal');
  });

  it('and the same needs no space of its own', async () => {
    const { source, out, there, continued } = await delivered();
    copyFileSync(there, join(source, 'another.bin'));
    const { bytes } = await continued();
    expect(bytes).toBeGreaterThan(BIG_BYTES);
    expect(describeTree(join(out, 'tree'))).toEqual(describeTree(source));
  });
});
