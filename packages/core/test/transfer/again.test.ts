// A file that changes while it is sent is sent again, as it is then.
import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import type { SourceEntry } from '../../src/ports/byte-source.ts';
import { fileEntry } from './rig/memory-files.ts';
import { runPair } from './rig/run-pair.ts';

const CHUNK = 256 * 1024;
const random = (length: number) => new Uint8Array(randomBytes(length));
const steady = fileEntry('steady', random(2 * CHUNK));

/** A file that is another one each time it is looked at, `times` times. */
function restless(path: string, contents: Uint8Array[]): SourceEntry {
  const [now, ...later] = contents;
  const entry = fileEntry(path, now!);
  if (later.length === 0) return { ...entry, refresh: async () => entry };
  // It is read once, and once more to see whether that still stands in it.
  let opened = 0;
  const open = async () => {
    opened += 1;
    const source = await (opened === 1 ? entry : fileEntry(path, later[0]!)).open();
    return { ...source, isUnchanged: async () => false };
  };
  return {
    ...entry,
    open,
    refresh: async () => restless(path, later),
  };
}

it.each([
  ['a large one', [random(3 * CHUNK), random(3 * CHUNK + 5)]],
  ['a small one', [random(10), random(20)]],
  ['one that shrinks to nothing', [random(10), random(0)]],
  ['one that changes twice', [random(CHUNK), random(5), random(CHUNK + 1)]],
])('%s', async (_what, contents) => {
  const entries = [steady, restless('restless', contents)];
  const { sent, received, folder, events } = await runPair(entries, {
    send: { reconnectTimeoutMs: 10_000 },
    receive: { reconnectTimeoutMs: 10_000 },
  });
  const last = contents.at(-1)!;
  const value = { files: 2, bytes: 2 * CHUNK + last.length, failed: [] };
  expect([sent, received]).toEqual([
    { status: 'fulfilled', value },
    { status: 'fulfilled', value },
  ]);
  expect(Buffer.from(folder.files.get('restless')!).equals(last)).toBe(true);
  for (const side of [events.sender, events.receiver]) {
    expect(side).toContainEqual({ type: 'again', files: 1 });
  }
});

it('is given up after the third time, and told', async () => {
  const contents = Array.from({ length: 9 }, (_, i) => random(100 + i));
  const { sent, received, folder } = await runPair([steady, restless('restless', contents)], {
    send: { reconnectTimeoutMs: 10_000 },
    receive: { reconnectTimeoutMs: 10_000 },
  });
  const value = { files: 1, bytes: 2 * CHUNK, failed: [{ path: 'restless', code: 'source-changed' }] };
  expect([sent, received]).toEqual([
    { status: 'fulfilled', value },
    { status: 'fulfilled', value },
  ]);
  expect([...folder.files.keys()]).toEqual(['steady']);
});

const LARGE = random(64 * CHUNK);
const rewritten = LARGE.slice();
rewritten.set(random(10), 5 * CHUNK + 7);
rewritten.set(random(10), 40 * CHUNK);

it('what is appended to meanwhile is delivered as it was offered, and that is said', async () => {
  const grown = Uint8Array.from([...LARGE, ...random(4 * CHUNK)]);
  const small = random(10);
  for (const [first, longer] of [
    [LARGE, grown],
    [small, Uint8Array.from([...small, ...random(10)])],
  ] as const) {
    const { sent, received, folder, events } = await runPair([restless('log', [first, longer, random(5)])]);
    const value = { files: 1, bytes: first.length, failed: [] };
    expect(sent).toEqual({ status: 'fulfilled', value: { ...value, grown: ['log'] } });
    expect(received).toEqual({ status: 'fulfilled', value });
    expect(Buffer.from(folder.files.get('log')!).equals(first)).toBe(true);
    expect(events.sender.some(({ type }) => type === 'again' || type === 'file-failed')).toBe(false);
  }
});

it.each([
  ['rewritten in place', rewritten, 2],
  ['truncated', LARGE.slice(0, 20 * CHUNK), 0],
  ['replaced', random(64 * CHUNK), 64],
])('what is %s meanwhile costs only the chunks that are not there', async (_how, later, chunksAgain) => {
  const { received, folder, events } = await runPair([restless('log', [LARGE, later])], {
    send: { reconnectTimeoutMs: 10_000 },
    receive: { reconnectTimeoutMs: 10_000 },
  });
  expect(received).toMatchObject({ status: 'fulfilled', value: { files: 1, bytes: later.length } });
  expect(Buffer.from(folder.files.get('log')!).equals(later)).toBe(true);
  expect(folder.parts.size).toBe(0);
  for (const side of [events.sender, events.receiver]) {
    const again = side.findIndex(({ type }) => type === 'again');
    const sent = side
      .slice(again)
      .flatMap((event) => (event.type === 'progress' ? [event.bytes - event.keptBytes] : []));
    // An ack may come before the sender has used the answer about a chunk that is kept: the last one counts.
    expect(sent.at(-1) ?? 0).toBe(chunksAgain * CHUNK);
  }
});
