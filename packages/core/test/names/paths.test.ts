import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { manifestFault } from '../../src/names/check-manifest.ts';
import { checkPath, quoted } from '../../src/names/check-path.ts';
import { PART_SUFFIX, partName } from '../../src/names/part-name.ts';
import type { ManifestEntry } from '../../src/ports/entry.ts';

const posix = { windowsNames: false, foldsCase: false };
const windows = { windowsNames: true, foldsCase: true };
const refused = expect.objectContaining({ code: 'path-refused' });
const impossible = expect.objectContaining({ code: 'name-impossible' });

const HOSTILE = [
  '',
  '/',
  '/etc/passwd',
  '//host/share',
  '.',
  '..',
  '../x',
  'a/..',
  'a/../b',
  'a/./b',
  './a',
  'a/',
  'a//b',
  '/a/',
  '../../..',
  'nul\0byte',
  'line\nbreak',
  'carriage\rreturn',
  'tab\t',
  'bell\u0007',
  'escape\u001b[2J',
  'delete\u007f',
  'c1\u0085',
  'c1\u009b31m',
  'sep\u2028arator',
  'sep\u2029arator',
  'rtl\u202egnp.exe',
  'lro\u202d',
  'iso\u2066late',
  'pop\u2069',
  'alm\u061c',
  'lrm\u200e',
  'bom\ufeff',
  'cafe\u0301',
  'lone\ud800',
  '\udc00lone',
  'x'.repeat(256),
  'é'.repeat(128),
  `${'d/'.repeat(128)}f`,
  `${'a/'.repeat(2500)}b`,
  'a.p2p.part',
  'dir.p2p.part/a',
  'A.P2P.PART',
  `${'long/'.repeat(900)}x`,
];

const ORDINARY = [
  'a',
  'a/b/c',
  'with space',
  ' leading',
  'trailing ',
  'dot.',
  '...',
  '..a',
  'a..',
  '.hidden',
  '-rf',
  '--help',
  '%2e%2e',
  '%00',
  '#',
  '?q',
  '&amp;',
  '<script>',
  '"quoted"',
  "it's",
  '`cmd`',
  '$(cmd)',
  ';',
  '|',
  '*',
  'a\\b',
  '\\\\server',
  'C:',
  'C:\\x',
  'con',
  'aux.c',
  'nul',
  '~',
  '~root',
  'caf\u00e9',
  '日本語',
  'עברית',
  '👩\u200d👩\u200d👧',
  'ﬁ',
  'x'.repeat(255),
  'é'.repeat(127),
  `${'d/'.repeat(127)}f`,
  'a.part',
  'p2p.part',
];

describe('a path', () => {
  it.each(HOSTILE.map((path) => [quoted(path), path]))('is refused: %s', (_shown, path) => {
    expect(() => checkPath(path, posix)).toThrow(refused);
    expect(() => checkPath(path, windows)).toThrow(refused);
  });

  it.each(ORDINARY.map((path) => [path]))('is taken: %s', (path) => {
    expect(() => checkPath(path, posix)).not.toThrow();
  });

  it.each([
    'con',
    'CON',
    'Con.txt',
    'aux.c',
    'nul',
    'NUL.tar.gz',
    'prn',
    'com1',
    'COM9.log',
    'lpt1',
    'com¹',
    'lpt³.x',
    'conin$',
    'CONOUT$',
    'con .txt',
    'con:x',
    'dir/con/file',
    'dot.',
    'dots...',
    'space ',
    'dir./file',
    'dir /file',
    'a\\b',
    'a:b',
    'C:',
    'C:\\x',
    'a*',
    'a?',
    '<a>',
    'a|b',
    '"a"',
    'file:stream',
  ])('cannot exist on Windows: %s', (path) => {
    expect(() => checkPath(path, windows)).toThrow(impossible);
  });

  it.each(['console', 'com', 'com10', 'auxiliary', 'a.con', 'nul_', '.con', 'lpt'])(
    'can exist on Windows: %s',
    (path) => {
      expect(() => checkPath(path, windows)).not.toThrow();
    },
  );

  it('that is taken stays below its folder, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('..', '.', '/', 'a', '\\', '\0', 'C:', '~', ' '), { maxLength: 12 }),
        (parts) => {
          const path = parts.join('');
          try {
            checkPath(path, posix);
          } catch {
            return;
          }
          expect(
            new URL(path.split('/').map(encodeURIComponent).join('/'), 'file:///target/').pathname,
          ).toMatch(/^\/target\/./);
        },
      ),
    );
  });

  it('is shown escaped and cut', () => {
    expect(quoted('a\u001b[2J\u202eb')).toBe('“a\\u{1b}[2J\\u{202e}b”');
    expect(quoted('x'.repeat(500))).toHaveLength(123);
    expect(() => encodeURIComponent(quoted('lone\ud800'))).not.toThrow();
  });
});

describe('a whole offer', () => {
  const offer = (...paths: string[]) =>
    paths.map(
      (path, index): ManifestEntry => ({
        index,
        kind: path.endsWith('/') ? 'folder' : 'file',
        path: path.replace(/\/$/, ''),
        sizeBytes: 1,
        modifiedMs: null,
        executable: false,
      }),
    );

  it.each([
    [['a', 'a']],
    [['d/', 'd/']],
    [['d/', 'd']],
    [['a', 'a/b']],
    [['a/b', 'a']],
    [['a/b/c', 'a/b', 'x']],
    [['x', 'y', '../z']],
  ])('is refused: %j', (paths) => {
    expect(manifestFault(offer(...paths), posix)?.error).toEqual(refused);
  });

  it.each([
    [['d/', 'd/a', 'd/b']],
    [['d/a', 'd/']],
    [['a', 'A']],
    [['d/x', 'D/y']],
    [['a', 'a b', 'a-b', 'ab/c']],
  ])('is taken: %j', (paths) => {
    expect(manifestFault(offer(...paths), posix)).toBeNull();
  });

  it.each([[['a', 'A']], [['d/x', 'D/y']], [['straße', 'STRASSE']], [['d/', 'D/']]])(
    'collides where case is folded: %j',
    (paths) => {
      expect(manifestFault(offer(...paths), windows)?.error).toEqual(impossible);
    },
  );

  it('says which entry is at fault', () => {
    expect(manifestFault(offer('a', 'b', '..'), posix)?.index).toBe(2);
  });
});

describe('a part’s name', () => {
  it('fits a file system and tells long names apart', () => {
    expect(partName('a.bin')).toBe(`a.bin${PART_SUFFIX}`);
    const long = ['x'.repeat(255), `${'x'.repeat(254)}y`, '日'.repeat(85)].map(partName);
    for (const name of long) {
      expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
      expect(name.endsWith(PART_SUFFIX)).toBe(true);
      expect(name.isWellFormed()).toBe(true);
    }
    expect(new Set(long).size).toBe(3);
  });
});
