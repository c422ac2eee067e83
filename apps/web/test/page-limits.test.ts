// Limits of the page: PROTOCOL.md section 14 prints what the code has, and each is hit here or by the tests of its room.
import './sessions/plain-runes.ts';
import { readFileSync } from 'node:fs';
import { afterEach, expect, test, vi } from 'vitest';
import { MAX_ATTEMPTS } from '../src/engine/folders/take-name.ts';
import { hasExpired, LIFE_MS, REVIEW_LIFE_MS } from '../src/engine/storage/stored-transfers.ts';
import { MOST_TRIED, TRY_MS, tried } from '../src/gather/unreadable.ts';
import { CHOICE_MS } from '../src/i18n/spoken.svelte.ts';
import {
  DRAFT_MS,
  MOST_DRAFT_BYTES,
  MOST_DRAFT_FILES,
  MOST_DRAFT_TEXT,
  MOST_DRAFTS,
} from '../src/offline/shared-drafts.ts';
import { ANSWER_MS } from '../src/progress/answer-timer.ts';
import { LONG_OUTAGE_MS, TransferFlow } from '../src/progress/transfer-flow.svelte.ts';
import { OfferList } from '../src/sessions/offer-list.svelte.ts';

afterEach(() => void vi.useRealTimers());

test('the document has the limits of the page', () => {
  const document = readFileSync(new URL('../../../docs/PROTOCOL.md', import.meta.url), 'utf8');
  const table = document.slice(document.indexOf('| limit of the page |')).split('\n\n')[0]!;
  const rows = [...table.matchAll(/^\| `(\w+)` \| (\d+) \|/gm)].map(([, name, value]) => [
    name,
    Number(value),
  ]);
  expect(rows).toEqual(
    Object.entries({
      LONG_OUTAGE_MS,
      ANSWER_MS,
      LIFE_MS,
      REVIEW_LIFE_MS,
      MOST_TRIED,
      TRY_MS,
      CHOICE_MS,
      MAX_ATTEMPTS,
      MOST_DRAFTS,
      MOST_DRAFT_FILES,
      MOST_DRAFT_BYTES,
      MOST_DRAFT_TEXT,
      DRAFT_MS,
    }),
  );
});

test('who is missing is said once an outage is long', () => {
  vi.useFakeTimers();
  const flow = new TransferFlow();
  flow.take({ type: 'reconnecting', missing: 'peer', leftMs: 1_000_000 });
  vi.advanceTimersByTime(LONG_OUTAGE_MS - 1);
  expect(flow.outage?.isLong).toBe(false);
  vi.advanceTimersByTime(1);
  expect(flow.outage?.isLong).toBe(true);
});

test.each([
  ['reviewing', REVIEW_LIFE_MS],
  ['receiving', LIFE_MS],
  ['sending', LIFE_MS],
] as const)('a note of %s is kept for less than %i ms', (kind, lifeMs) => {
  const at = (agedMs: number) => ({ agedMs }) as Parameters<typeof hasExpired>[1];
  expect([hasExpired(kind, at(lifeMs - 1)), hasExpired(kind, at(lifeMs))]).toEqual([false, true]);
  expect(hasExpired('received', at(100 * LIFE_MS))).toBe(false);
});

function fileOf(path: string, read: () => Promise<ArrayBuffer>) {
  const file = new File(['x'], path);
  file.slice = () => Object.assign(new Blob(), { arrayBuffer: read });
  return { kind: 'file', path, file } as const;
}

test('a file that takes its time to come counts as readable', async () => {
  vi.useFakeTimers();
  const never = fileOf('slow', () => new Promise(() => {}));
  let result: unknown = null;
  void tried([never]).then((items) => {
    result = items;
  });
  await vi.advanceTimersByTimeAsync(TRY_MS - 1);
  expect(result).toBeNull();
  await vi.advanceTimersByTimeAsync(1);
  expect(result).toEqual([never]);
});

test('of one choice no more files are tried than that', async () => {
  let reads = 0;
  const read = async () => {
    reads += 1;
    return new ArrayBuffer(1);
  };
  async function* pages() {
    for (let page = 0; page < 12; page += 1)
      yield Array.from({ length: MOST_TRIED / 10 }, (_, i) => fileOf(`${page}-${i}`, read));
  }
  await new OfferList(() => {}).add({ pages: pages(), roots: Promise.resolve([]) });
  expect(reads).toBe(MOST_TRIED);
});
