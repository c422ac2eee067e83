import { expect, it } from 'vitest';
import { offerBeginning, offerInFull, offerSummary } from '../../../src/cli/reports/show-offer.ts';
import type { Offer, OfferEntry } from '../../../src/library/public-types.ts';

function offerOf(entries: Partial<OfferEntry>[], freeBytes: number | null = null): Offer {
  const whole = entries.map((entry, index) => ({
    index,
    kind: 'file' as const,
    path: `f${index}`,
    sizeBytes: 1000,
    modifiedMs: null,
    executable: false,
    ...entry,
  }));
  const files = whole.filter(({ kind }) => kind !== 'folder').length;
  const names = { risky: 0, hidden: 0, programs: 0 };
  const more = { maxUnsizedBytes: null, unsent: 0, changes: null, isAnother: false };
  return { entries: whole, files, bytes: files * 1000, unsized: false, names, freeBytes, ...more };
}

it('shows every entry of a short offer, escaped', () => {
  const offer = offerOf([
    { kind: 'folder', path: 'd' },
    { path: 'd/a\u001b[2J' },
    { path: 'run.sh', executable: true },
    { path: 'stdin', sizeBytes: null },
    { kind: 'text', path: 'message.txt' },
  ]);
  expect(offerBeginning(offer).split('\n')).toEqual([
    '  d/',
    '  d/a\\u{1b}[2J, 1.0 kB',
    '  run.sh, 1.0 kB, executable',
    '  stdin, unknown size',
    '  a message, 1.0 kB',
  ]);
});

it.each([
  [50, undefined],
  [51, '  and 1 more file'],
  [2000, '  and 1,950 more files'],
])('shows the first of %d', (count, last) => {
  const lines = offerBeginning(offerOf(Array.from({ length: count }, () => ({})))).split('\n');
  expect(lines[49]).toBe('  f49, 1.0 kB');
  expect(lines[50]).toBe(last);
});

it('shows all of a long one when asked, in pieces', () => {
  const pieces = [...offerInFull(offerOf(Array.from({ length: 2500 }, () => ({}))))];
  expect(pieces).toHaveLength(3);
  expect(pieces.join('\n').split('\n').at(-1)).toBe('  f2499, 1.0 kB');
});

it('says whether there is room', () => {
  expect(offerSummary(offerOf([{}, {}]))).toBe('Offered: 2 files, 2.0 kB.');
  expect(offerSummary(offerOf([{}, {}], 5_000_000))).toBe('Offered: 2 files, 2.0 kB. Free space: 5.0 MB.');
  expect(offerSummary(offerOf([{}, {}], 500))).toBe(
    'Offered: 2 files, 2.0 kB. Free space: 500 bytes. That is not enough.',
  );
});

it('shows what is new or changed first, however far down it stands, and marks it in the list', () => {
  const offer = offerOf(Array.from({ length: 60 }, () => ({})));
  const lines = offerBeginning({ ...offer, changes: { added: [59], changed: [1] } }).split('\n');
  expect(lines.slice(0, 6)).toEqual([
    'Since the first list 1 new and 1 changed:',
    '  f59, 1.0 kB (new)',
    '  f1, 1.0 kB (changed)',
    'All of it:',
    '  f0, 1.0 kB',
    '  f1, 1.0 kB (changed)',
  ]);
  const all = [...offerInFull({ ...offer, changes: { added: [59], changed: [] } })].join('\n');
  expect(all).toContain('  f59, 1.0 kB (new)');
});

it('tells what the sender says it could not send, as its word', () => {
  expect(offerSummary({ ...offerOf([{}]), unsent: 1200 })).toBe(
    'Offered: 1 file, 1.0 kB. The sender says that 1,200 files or folders could not be sent.',
  );
});
