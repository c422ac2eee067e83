import { describe, expect, test } from 'vitest';
import type { PickedItem } from '../../../src/contract/messages.ts';
import { findSent } from '../../../src/engine/sources/find-sent.ts';
import { matchPicked } from '../../../src/engine/sources/match-picked.ts';
import type { SentRow } from '../../../src/engine/storage/stored-transfers.ts';
import { asHandle, MemoryDirectory, MemoryFile } from '../sinks/memory-handles.ts';

const ROWS: SentRow[] = [
  { kind: 'file', path: 'a/b', sizeBytes: 3, modifiedMs: 10 },
  { kind: 'folder', path: 'a/none', sizeBytes: 0, modifiedMs: null },
  { kind: 'file', path: 'c', sizeBytes: 2, modifiedMs: 20 },
];

function picked(path: string, content: string, lastModified: number): PickedItem {
  return { kind: 'file', path, file: new File([content], path, { lastModified }) };
}

describe('what was chosen again', () => {
  test('is sent in the order of before, with empty folders, without what is new', () => {
    const items = [picked('new', 'x', 1), picked('c', 'cc', 20), picked('a/b', 'bbb', 10)];
    const matched = matchPicked(ROWS, items);
    if (!('entries' in matched)) throw new Error('no match');
    expect(matched.entries.map(({ kind, path }) => [kind, path])).toEqual([
      ['file', 'a/b'],
      ['folder', 'a/none'],
      ['file', 'c'],
    ]);
  });

  test.each([
    ['another size', picked('c', 'ccc', 20)],
    ['another time', picked('c', 'cc', 21)],
  ])('with %s is told as changed', (_, item) => {
    const mismatch = { missing: [], missingCount: 0, changed: ['c'], changedCount: 1 };
    expect(matchPicked(ROWS, [picked('a/b', 'bbb', 10), item])).toEqual({ mismatch });
  });

  test('without some files names a few of them', () => {
    const rows = Array.from({ length: 50 }, (_, i) => ({ ...ROWS[2]!, path: `f${i}` }));
    const matched = matchPicked(rows, []);
    expect(matched).toMatchObject({ mismatch: { missingCount: 50, changedCount: 0 } });
    expect('mismatch' in matched && matched.mismatch.missing).toHaveLength(20);
  });
});

describe('what was picked', () => {
  const file = new MemoryFile('c', 'cc', 20);
  // As some disks write it.
  const folder = new MemoryDirectory('é'.normalize('NFD'), new MemoryFile('b', 'bbb', 10));
  const rows: SentRow[] = [{ ...ROWS[0]!, path: 'é/b'.normalize('NFC') }, { ...ROWS[2]! }];
  const pathsOf = (items: PickedItem[]) => items.map((item) => item.kind !== 'text' && item.path);

  test('is found by its handles', async () => {
    const found = await findSent(rows, [asHandle(file), asHandle(folder)]);
    expect(pathsOf(found)).toEqual(['é/b'.normalize('NFC'), 'c']);
    expect('entries' in matchPicked(rows, found)).toBe(true);
  });

  test('and was deleted or moved is left out', async () => {
    const gone = new MemoryFile('c', '', 0);
    gone.getFile = () => Promise.reject(new DOMException('gone', 'NotFoundError'));
    expect(pathsOf(await findSent(rows, [asHandle(gone), asHandle(new MemoryDirectory('other'))]))).toEqual(
      [],
    );
  });
});
