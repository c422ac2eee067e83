// What a sender leaves out and what a receiver refuses are one and the same.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { manifestFault } from '../../src/names/check-manifest.ts';
import { ANY_RECEIVER, SendableNames } from '../../src/names/sendable-names.ts';
import type { EntryKind, ManifestEntry } from '../../src/ports/entry.ts';

type Named = [kind: EntryKind, path: string];

const entriesOf = (named: readonly Named[]): ManifestEntry[] =>
  named.map(([kind, path], index) => ({
    index,
    kind,
    path,
    sizeBytes: 0,
    modifiedMs: null,
    executable: false,
  }));

const refuses = (named: readonly Named[]) => manifestFault(entriesOf(named), ANY_RECEIVER) !== null;

const segment = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('a', 'b', 'A', 'Caf\u00e9', 'Cafe\u0301', 'b.txt') },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      'Icon\r',
      '\u200eIMG.jpg',
      'x.p2p.part',
      'X.P2P.PART',
      '\ud800',
      '..',
      '.',
      '',
      'a'.repeat(256),
      '\u00fc'.repeat(128),
      '\u2028',
      'a\u202eb',
      '\ufeff',
      '\u007f',
    ),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }) },
);
const path = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => segments.join('/')),
  },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 125, max: 131 }).map((depth) => Array(depth).fill('a').join('/')),
  },
);
const names = fc.array(fc.tuple(fc.constantFrom<EntryKind>('file', 'folder'), path), { maxLength: 24 });

it('leaves out a name if and only if a receiver would refuse the rest with it', () => {
  fc.assert(
    fc.property(names, (given) => {
      const sendable = new SendableNames();
      const rest: Named[] = [];
      for (const [kind, raw] of given) {
        const entry: Named = [kind, raw.normalize('NFC')];
        const reason = sendable.add(...entry);
        expect(reason !== null).toBe(refuses([...rest, entry]));
        if (reason === null) rest.push(entry);
      }
      expect(refuses(rest)).toBe(false);
    }),
    { numRuns: 500 },
  );
});

it.each([
  ['Icon\r', 'control-character'],
  ['d/\u200eIMG-1.jpg', 'direction-mark'],
  ['\ud800.txt', 'not-unicode'],
  ['d/big.iso.p2p.part', 'unfinished-part'],
  ['a'.repeat(256), 'too-long'],
  [Array(17).fill('a'.repeat(250)).join('/'), 'too-long'],
  [Array(129).fill('d').join('/'), 'too-deep'],
  ['a/../b', 'impossible-name'],
])('tells the reason for %j', (given, reason) => {
  expect(new SendableNames().add('file', given)).toBe(reason);
});

it('tells of twins, and of what lies below a file', () => {
  const sendable = new SendableNames();
  expect(sendable.add('file', 'd/\u00fc')).toBe(null);
  expect(sendable.add('file', 'd/\u00fc')).toBe('same-name');
  expect(sendable.add('file', 'd/\u00fc/x')).toBe('same-name');
  // What differs in case alone is two files for most receivers.
  expect(sendable.add('file', 'D/\u00fc')).toBe(null);
});
