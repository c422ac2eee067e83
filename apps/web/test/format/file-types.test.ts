import { couldRun } from '@p2p-copy/core';
import { expect, test } from 'vitest';
import { fileTypeOf } from '../../src/format/file-types.ts';

test.each([
  ['photo.JPG', 'image'],
  ['a.b/clip.mp4', 'video'],
  ['notes', 'other'],
  ['archive.tar.gz', 'archive'],
  ['folder.png/plain', 'other'],
  ['constructor', 'other'],
  ['zip', 'other'],
  ['.png', 'image'],
])('%s is of type %s', (path, type) => {
  expect(fileTypeOf(path)).toBe(type);
});

test.each(['setup.exe', 'invoice.pdf.exe', 'a/Run.BAT', 'x.lnk ', 'macro.docm', 'tool.AppImage'])(
  '%s could run a program',
  (path) => {
    expect(couldRun({ path, executable: false })).toBe(true);
  },
);

test.each([
  'data.bin',
  'lib.dll',
  'debian.iso',
  'disk.VHDX',
  'setup.run',
  'image.dmg',
  'a/command',
  'bin',
  'jar',
  'x.',
])('%s is run by no system that opens it', (path) => {
  expect(couldRun({ path, executable: false })).toBe(false);
});

test('so could what its sender’s system runs', () => {
  expect(couldRun({ path: 'script', executable: true })).toBe(true);
  expect(couldRun({ path: 'setup.run', executable: true })).toBe(true);
  expect(couldRun({ path: 'exe.txt', executable: false })).toBe(false);
});
