// Flushes on macOS, where each empties the drive's cache: both ends are real processes under a stub of node:fs that answers as macOS does
// (macos.cjs says by which source), and notes what is asked of the disk in which order. Nobody has tried them on macOS itself.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { MAX_FLUSH_FILES, MAX_SHARING_BYTES } from '../../apps/cli/src/node/parts/flush-limits.ts';
import { scratchFolder } from '../../apps/cli/test/scratch.ts';
import { codeOf, run, startRelayProcess } from '../../apps/cli/test/system/cli-process.ts';
import { describeTree, listTree, makeTree } from '../../apps/cli/test/system/tree.ts';
import { onSystem, transferred } from './as-system.ts';

/** A call that the stub noted, in order. */
interface Call {
  call: 'written-through' | 'write' | 'flush' | 'name';
  path: string;
  to?: string;
}

async function scene(tree: Record<string, string | Uint8Array>) {
  const folder = await scratchFolder();
  const [source, out, notes] = [join(folder, 'd'), join(folder, 'out'), join(folder, 'calls')];
  makeTree(source, tree);
  mkdirSync(out);
  writeFileSync(notes, '');
  const onMac = (...answers: string[]) => ({ ...onSystem('macos', ...answers), SYSTEM_CALLS: notes });
  const calls = () =>
    readFileSync(notes, 'utf8')
      .trim()
      .split('\n')
      .map((line): Call => JSON.parse(line));
  return { source, out, onMac, calls, notes };
}

const smallFiles = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`${i % 7}/${i}.txt`, `content of ${i}`]));
const countOf = (calls: readonly Call[], name: Call['call']) =>
  calls.filter(({ call }) => call === name).length;

/** What got a name before anything flushed it: a flush of any file counts for all that were written through before it. */
function namedBeforeFlushed(calls: readonly Call[]): string[] {
  const [through, handedOver, durable] = [new Set<string>(), new Set<string>(), new Set<string>()];
  const faults: string[] = [];
  for (const { call, path } of calls) {
    if (call === 'written-through') through.add(path);
    else if (call === 'write') {
      durable.delete(path);
      if (through.has(path)) handedOver.add(path);
    } else if (call === 'flush') for (const each of [...handedOver, path]) durable.add(each);
    else if (!durable.has(path)) faults.push(path);
  }
  return faults;
}

it('a thousand small files take a flush for many of them, and none has its name before', async () => {
  const { source, out, onMac, calls } = await scene(smallFiles(1_000));
  expect((await transferred([source], out, { receiver: onMac() })).exitCodes).toEqual([0, 0]);
  expect(describeTree(join(out, 'd'))).toEqual(describeTree(source));
  const made = calls();
  expect(countOf(made, 'name')).toBe(1_000);
  expect(countOf(made, 'written-through')).toBe(1_000);
  // 25 at best; the more, the longer files take to come.
  expect(countOf(made, 'flush')).toBeGreaterThanOrEqual(1_000 / MAX_FLUSH_FILES);
  expect(countOf(made, 'flush')).toBeLessThanOrEqual(250);
  expect(namedBeforeFlushed(made)).toEqual([]);
});

it('a process that dies in the middle of a flush has named only what earlier ones made durable, and the rest comes later', async () => {
  const { source, out, onMac, calls, notes } = await scene(smallFiles(200));
  const relay = await startRelayProcess();
  const set = { P2P_COPY_RELAY: relay.url };
  const sender = run(['send', source, '--reconnect-timeout', '0'], { set });
  const receiver = run(['receive', await codeOf(sender), '--yes', '--out', out], {
    set: { ...set, ...onMac('kill-at-flush-3') },
  });
  await Promise.all([receiver.exitCode, sender.exitCode]);
  await relay.stop();
  const made = calls();
  const named = listTree(join(out, 'd')).filter((path) => path.endsWith('.txt'));
  expect(countOf(made, 'flush')).toBe(2);
  expect(named.length).toBe(countOf(made, 'name'));
  expect(named.length).toBeGreaterThan(0);
  expect(named.length).toBeLessThanOrEqual(2 * MAX_FLUSH_FILES);
  expect(namedBeforeFlushed(made)).toEqual([]);

  writeFileSync(notes, '');
  expect((await transferred([source], out, { receiver: onMac() })).exitCodes).toEqual([0, 0]);
  expect(describeTree(join(out, 'd'))).toEqual(describeTree(source));
  expect(namedBeforeFlushed(calls())).toEqual([]);
});

it('larger files, and files on a disk of another kind, have flushes of their own', async () => {
  const large = Buffer.alloc(MAX_SHARING_BYTES + 1, 'x');
  const { source, out, onMac, calls, notes } = await scene({ 'a.bin': large, 'b.bin': large });
  expect((await transferred([source], out, { receiver: onMac() })).exitCodes).toEqual([0, 0]);
  expect([countOf(calls(), 'written-through'), countOf(calls(), 'name')]).toEqual([0, 2]);
  expect(namedBeforeFlushed(calls())).toEqual([]);

  writeFileSync(notes, '');
  const small = await scene(smallFiles(20));
  const other = join(out, 'other');
  mkdirSync(other);
  const ends = { receiver: { ...onMac('other-disk') } };
  expect((await transferred([small.source], other, ends)).exitCodes).toEqual([0, 0]);
  expect([countOf(calls(), 'written-through'), countOf(calls(), 'flush')]).toEqual([0, 20]);
  expect(namedBeforeFlushed(calls())).toEqual([]);
});
