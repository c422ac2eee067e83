// What is offered of all that was gathered, and when nothing is left.
import { expect, it } from 'vitest';
import { isNothingLeft, nothingLeft, partGathered, unsendableEntry } from '../../src/names/unsendable.ts';
import type { SourceEntry } from '../../src/ports/byte-source.ts';
import { fileEntry, folderEntry } from '../transfer/rig/memory-files.ts';

const file = (path: string) => fileEntry(path, new Uint8Array(1));
const bad = (path: string) => unsendableEntry('file', path, 'control-character');

it('counts all that is left out, and names the first thousand', () => {
  const gathered = [file('a'), ...Array.from({ length: 1500 }, (_, i) => bad(`b${i}`)), file('c')];
  const { offered, unsendable } = partGathered(gathered);
  expect(offered.map(({ path }) => path)).toEqual(['a', 'c']);
  expect(unsendable.count).toBe(1500);
  expect(unsendable.entries).toHaveLength(1000);
});

it.each<[string, SourceEntry[], boolean]>([
  ['all can be sent', [file('a')], false],
  ['only an empty folder was chosen', [folderEntry('d')], false],
  ['nothing but a folder is left of what was in it', [folderEntry('d'), bad('d/x')], true],
  ['an empty folder was chosen beside it', [folderEntry('e'), folderEntry('d'), bad('d/x')], false],
  ['one file is left', [folderEntry('d'), bad('d/x'), file('d/y')], false],
  ['nothing can be sent', [bad('x'), bad('y')], true],
])('knows whether nothing is left where %s', (_what, gathered, isLeft) => {
  expect(isNothingLeft(partGathered(gathered), gathered)).toBe(isLeft);
});

it('says why, if there is one reason', () => {
  const of = (...gathered: SourceEntry[]) => nothingLeft(partGathered(gathered).unsendable);
  const unreadable = unsendableEntry('file', 'y', 'no-permission');
  expect(of(bad('x\r'))).toMatchObject({
    code: 'path-refused',
    message: '“x\\u{d}” cannot be sent: its name contains a control character.',
  });
  expect(of(unreadable, unreadable).code).toBe('source-unreadable');
  expect(of(bad('x'), unreadable)).toMatchObject({
    code: 'nothing-to-send',
    message: 'None of these 2 files and folders can be sent.',
  });
});
