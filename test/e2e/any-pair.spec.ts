// Any pair of ends moves any content, and the bytes are the same.
import { mkdir, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Content, type EndKind, receiveWith, startSending } from './ends.ts';
import { expect, test } from './fixtures.ts';
import { hashFile, type Tree, treeOnDisk, writeRandomFile, writeTree } from './test-content.ts';

const TEXT = 'Grüße, 你好, שלום 👋\n<b>not bold</b> & "quoted"\n\ttab, and a line that ends here: ';

/** Larger than all that is under way at once. resume.spec.ts and flat-memory.spec.ts send larger ones. */
const LARGE_BYTES = 100_000_001;

/**
 * The browser's two ways to save get a folder tree each. 2000 files find what comes with many, where a browser reads them and a browser
 * writes them; the CLI's tests send as many.
 */
const PAIRS: { from: EndKind; to: EndKind; place: 'picked' | 'browser'; treeFiles: number }[] = [
  { from: 'browser', to: 'browser', place: 'picked', treeFiles: 2000 },
  { from: 'browser', to: 'CLI', place: 'browser', treeFiles: 400 },
  { from: 'CLI', to: 'browser', place: 'browser', treeFiles: 400 },
  { from: 'CLI', to: 'CLI', place: 'browser', treeFiles: 400 },
];

for (const { from, to, place, treeFiles } of PAIRS) {
  test.describe(`${from} to ${to}`, () => {
    test(
      'one large file',
      tagged(from === 'browser' && to === 'browser'),
      async ({ folder, openPage, cli }) => {
        const file = path.join(folder, 'in', 'large.bin');
        await mkdir(path.dirname(file));
        await writeRandomFile(file, LARGE_BYTES);
        const content: Content = { kind: 'file', path: file };
        const sending = await startSending(from, content, { folder, openPage, cli });
        const received = await receiveWith(to, sending.code, content, 'browser', { folder, openPage, cli });
        await sending.confirmed();
        expect(received).toEqual({ tree: { 'large.bin': await hashFile(file) } });
      },
    );

    test(
      'a tree of many files',
      tagged(from === 'CLI' && to === 'browser'),
      async ({ folder, openPage, cli }) => {
        const root = path.join(folder, 'in', 'Holiday ☀');
        await writeTree(root, to, treeFiles);
        const content: Content = { kind: 'folder', path: root };
        const sending = await startSending(from, content, { folder, openPage, cli });
        const received = await receiveWith(to, sending.code, content, place, { folder, openPage, cli });
        await sending.confirmed();
        const expected: Tree = await treeOnDisk(path.dirname(root));
        expect(Object.values(expected).filter((hash) => hash !== 'folder')).toHaveLength(treeFiles);
        expect(received).toEqual({ tree: expected });
      },
    );

    test('an empty file alone', async ({ folder, openPage, cli }) => {
      const file = path.join(folder, 'in', 'nothing.txt');
      await mkdir(path.dirname(file));
      await writeFile(file, '');
      const content: Content = { kind: 'file', path: file };
      const sending = await startSending(from, content, { folder, openPage, cli });
      const received = await receiveWith(to, sending.code, content, 'picked', { folder, openPage, cli });
      await sending.confirmed();
      expect(received).toEqual({ tree: { 'nothing.txt': await hashFile(file) } });
    });

    test('a message', tagged(from === 'browser' && to === 'CLI'), async ({ folder, openPage, cli }) => {
      const content: Content = { kind: 'text', text: TEXT };
      const sending = await startSending(from, content, { folder, openPage, cli });
      const received = await receiveWith(to, sending.code, content, 'browser', { folder, openPage, cli });
      await sending.confirmed();
      expect(received).toEqual({ text: TEXT });
    });

    if (from === 'browser') return;

    test('standard input', async ({ folder, openPage, cli }) => {
      const file = path.join(folder, 'piped');
      // Not a whole number of chunks.
      await writeRandomFile(file, 20_000_001);
      const content: Content = { kind: 'stdin', path: file };
      const sending = await startSending(from, content, { folder, openPage, cli });
      const received = await receiveWith(to, sending.code, content, 'picked', { folder, openPage, cli });
      await sending.confirmed();
      expect(Object.values('tree' in received ? received.tree : {})).toEqual([await hashFile(file)]);
    });
  });
}

// A reader that a browser can't keep up with while zstd works has stood still for good.
test('a large file that shrinks to next to nothing', async ({ folder, openPage, cli }) => {
  const file = path.join(folder, 'holes.bin');
  await writeFile(file, '');
  await truncate(file, 1_500_000_000);
  const content: Content = { kind: 'file', path: file };
  const sending = await startSending('browser', content, { folder, openPage, cli });
  const received = await receiveWith('CLI', sending.code, content, 'browser', { folder, openPage, cli });
  await sending.confirmed();
  expect(received).toEqual({ tree: { 'holes.bin': await hashFile(file) } });
});

function tagged(isForFirefox: boolean) {
  return { tag: isForFirefox ? ['@firefox'] : [] };
}
