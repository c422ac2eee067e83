import '../sessions/plain-runes.ts';
import { expect, test } from 'vitest';
import { OfferSummary } from '../../src/format/offer-summary.ts';

type Added = Parameters<OfferSummary['add']>;

const CASES: [name: string, added: Added[], title: string, details: string][] = [
  ['one file', [['file', 'a.txt', 1500]], 'a.txt', '1.50 kB'],
  ['an empty file', [['file', 'a.txt', 0]], 'a.txt', '0 bytes'],
  [
    'a folder',
    [
      ['file', 'Holiday/a', 1000],
      ['folder', 'Holiday/b', 0],
      ['file', 'Holiday/c/d', 500],
    ],
    'Holiday',
    '2 files · 1.50 kB',
  ],
  [
    'files side by side',
    [
      ['file', 'a', 1],
      ['file', 'b', 2],
    ],
    '2 files',
    '3 bytes',
  ],
  ['an empty folder', [['folder', 'a', 0]], 'a', 'empty'],
  ['a stream', [['file', 'stdin', null]], 'stdin', 'size not known yet'],
  ['a message', [['text', 'message.txt', 5]], 'A message', '5 bytes'],
];

test.each(CASES)('%s', (_, added, title, details) => {
  const summary = new OfferSummary();
  for (const entry of added) summary.add(...entry);
  expect([summary.title, summary.details]).toEqual([title, details]);
});
