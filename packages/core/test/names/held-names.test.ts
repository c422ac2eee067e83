import { expect, it } from 'vitest';
import { Pace } from '../../src/async/pace.ts';
import { holdsOnWindows } from '../../src/names/check-path.ts';
import { type DiskNames, heldName, heldPaths } from '../../src/names/held-names.ts';
import type { ManifestEntry } from '../../src/ports/entry.ts';

const turnAtOnce = (_ms: number, then: () => void) => {
  then();
  return () => {};
};
const pace = () => new Pace({ nowMs: () => 0, after: turnAtOnce });
const WINDOWS: DiskNames = { holds: holdsOnWindows, foldsCase: true };
const entriesOf = (...paths: string[]): ManifestEntry[] =>
  paths.map((path, index) => ({
    index,
    kind: path.endsWith('/') ? 'folder' : 'file',
    path: path.replace(/\/$/, ''),
    sizeBytes: 0,
    modifiedMs: null,
    executable: false,
  }));

async function placesOf(disk: DiskNames, ...paths: string[]) {
  const entries = entriesOf(...paths);
  const placed = await heldPaths(entries, disk, pace());
  return entries.map((entry) => placed.pathOf(entry));
}

it.each([
  ['Meeting 10:30.txt', 'Meeting 10_30.txt'],
  ['a<b>c"d|e?f*g\\h', 'a_b_c_d_e_f_g_h'],
  ['ends.', 'ends_'],
  ['ends ', 'ends_'],
  ['CON', 'CON_'],
  ['nul.tar.gz', 'nul_.tar.gz'],
  ['aux .txt', 'aux_.txt'],
  ['com1:x.', 'com1_x_'],
])('%j is called %j on Windows', (name, held) => {
  expect(holdsOnWindows(name)).toBe(false);
  expect(heldName(name, WINDOWS)).toBe(held);
  expect(holdsOnWindows(held)).toBe(true);
});

it('changes nothing that the disk takes as it is', () => {
  const noColon: DiskNames = { holds: (name) => !name.includes(':'), foldsCase: false };
  expect(heldName('a:b. ', noColon)).toBe('a_b. ');
});

it('cuts what is too long, and writes what a disk can’t in another script', () => {
  const short: DiskNames = { holds: (name) => name.length <= 130, foldsCase: false };
  expect(heldName(`${'x'.repeat(200)}.txt`, short)).toBe(`${'x'.repeat(116)}.txt`);
  const ascii: DiskNames = { holds: (name) => /^[ -~]*$/.test(name), foldsCase: false };
  expect(heldName('Käse 😀.txt', ascii)).toBe('K_se _.txt');
});

it('makes no part of a name by cutting it, and no dot or blank at its end', () => {
  const short: DiskNames = { holds: (name) => name.length <= 130 && !/[. ]$/.test(name), foldsCase: false };
  expect(heldName(`${'x'.repeat(111)}.p2p${'y'.repeat(80)}.part`, short)).toBe(`${'x'.repeat(111)}_p2p_part`);
  expect(heldName(`${'x'.repeat(119)}.${'y'.repeat(80)}`, short)).toBe(`${'x'.repeat(119)}_`);
  expect(heldName(`${'x'.repeat(119)} ${'y'.repeat(80)}`, short)).toBe(`${'x'.repeat(119)}_`);
});

it('gives no two entries one place, and leaves every name to whom it was offered for', async () => {
  expect(await placesOf(WINDOWS, 'a:b', 'a?b', 'a_b', 'A_B')).toEqual([
    'a_b (1)',
    'a_b (2)',
    'a_b (3)',
    'A_B',
  ]);
  expect(await placesOf(WINDOWS, 'README', 'readme')).toEqual(['README', 'readme (1)']);
});

it('moves what is in a folder with it, and mixes no two folders', async () => {
  expect(await placesOf(WINDOWS, 'x:y/', 'x:y/con/', 'x:y/con/a.', 'x_y/a')).toEqual([
    'x_y (1)',
    'x_y (1)/con_',
    'x_y (1)/con_/a_',
    'x_y/a',
  ]);
  expect(await placesOf(WINDOWS, 'Docs/a', 'docs/b')).toEqual(['Docs/a', 'docs (1)/b']);
});

it('names the same whatever order they are offered in', async () => {
  const paths = ['d:/a?', 'd:/a*', 'D:/b', 'd_/c', 'con', 'CON'];
  const forwards = await placesOf(WINDOWS, ...paths);
  const backwards = await placesOf(WINDOWS, ...[...paths].reverse());
  expect(backwards.reverse()).toEqual(forwards);
  expect(new Set(forwards.map((path) => path.toLowerCase())).size).toBe(paths.length);
});

it('gives a hundred thousand names that become one their numbers in a few tries each', async () => {
  const marks = '<>:"|?*'.split('');
  const names = Array.from({ length: 100_000 }, (_, i) =>
    [...i.toString(7).padStart(7, '0')].map((digit) => marks[Number(digit)]).join(''),
  );
  let asked = 0;
  const holds = (name: string) => {
    asked += 1;
    return holdsOnWindows(name);
  };
  const placed = await heldPaths(entriesOf(...names), { holds, foldsCase: true }, pace());
  expect(placed.files.size).toBe(names.length);
  expect(new Set(placed.files.values()).size).toBe(names.length);
  expect(asked).toBeLessThanOrEqual(4 * names.length);
});

it('asks for nothing more where all is held', async () => {
  const placed = await heldPaths(entriesOf('a/', 'a/b:c'), { holds: () => true, foldsCase: false }, pace());
  expect([placed.folders.size, placed.files.size]).toEqual([0, 0]);
});

it('numbers names that differ only where the number goes without trying each other’s', async () => {
  const long = 'x'.repeat(248);
  const paths = Array.from({ length: 300 }, (_, i) =>
    [':', '?'].map((c) => long + c + String(1000 + i)),
  ).flat();
  let turns = 0;
  const counted = new Pace(
    {
      nowMs: () => 0,
      after(ms, then) {
        turns += 1;
        return turnAtOnce(ms, then);
      },
    },
    1,
  );
  const { files } = await heldPaths(entriesOf(...paths), WINDOWS, counted);
  expect(new Set(files.values()).size).toBe(600);
  // Found, looked at, numbered and kept: a few steps for each name, not one for each that came before.
  expect(turns).toBeLessThan(600 * 6);
});
