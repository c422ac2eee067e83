// What any website can post is bounded: in number, files, bytes, text and age.
import { expect, it } from 'vitest';
import {
  DRAFT_MS,
  MOST_DRAFT_BYTES,
  MOST_DRAFT_FILES,
  MOST_DRAFT_TEXT,
  MOST_DRAFTS,
  SharedDrafts,
} from '../../src/offline/shared-drafts.ts';

const sized = (size: number) => ({ size }) as File;
const limit = { files: MOST_DRAFT_FILES, bytes: MOST_DRAFT_BYTES };

function drafts() {
  const clock = { nowMs: 0 };
  return { clock, kept: new SharedDrafts(() => clock.nowMs) };
}

it('keeps a draft until it is dropped, however often it is read', () => {
  const { kept } = drafts();
  const files = [sized(3)];
  kept.add('a', { files, text: 'hi' });
  for (let i = 0; i < 3; i++) expect(kept.read('a')).toEqual({ files, text: 'hi', limit: null });
  kept.drop('a');
  expect([kept.read('a'), kept.size]).toEqual([null, 0]);
});

it('drops the oldest beyond four', () => {
  const { kept } = drafts();
  for (let i = 0; i < 1000; i++) kept.add(String(i), { files: [sized(1)], text: '' });
  expect(kept.size).toBe(MOST_DRAFTS);
  expect([kept.read('995'), kept.read('996')?.files.length]).toEqual([null, 1]);
});

it('drops the oldest beyond two gigabytes together', () => {
  const { kept } = drafts();
  kept.add('a', { files: [sized(MOST_DRAFT_BYTES / 2)], text: '' });
  kept.add('b', { files: [sized(MOST_DRAFT_BYTES / 2)], text: '' });
  expect(kept.size).toBe(2);
  kept.add('c', { files: [sized(1)], text: '' });
  expect([kept.read('a'), kept.size]).toEqual([null, 2]);
});

it.each([
  ['files', Array.from({ length: MOST_DRAFT_FILES + 1 }, () => sized(0)), ''],
  ['bytes', [sized(MOST_DRAFT_BYTES), sized(1)], ''],
  ['text', [], 'x'.repeat(MOST_DRAFT_TEXT + 1)],
])('keeps nothing of a draft with too many %s, and says how many it takes', (_, files, text) => {
  const { kept } = drafts();
  kept.add('a', { files, text });
  expect(kept.read('a')).toEqual({ files: [], text: '', limit });
});

it('takes exactly as much', () => {
  const { kept } = drafts();
  kept.add('a', {
    files: Array.from({ length: MOST_DRAFT_FILES }, () => sized(1)),
    text: 'x'.repeat(MOST_DRAFT_TEXT),
  });
  expect(kept.read('a')?.files.length).toBe(MOST_DRAFT_FILES);
});

it('forgets a draft after ten minutes', () => {
  const { clock, kept } = drafts();
  kept.add('a', { files: [sized(1)], text: '' });
  clock.nowMs = DRAFT_MS - 1;
  expect(kept.read('a')).not.toBe(null);
  clock.nowMs = DRAFT_MS;
  expect(kept.read('a')).toBe(null);
});
