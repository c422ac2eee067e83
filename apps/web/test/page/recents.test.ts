import '../sessions/plain-runes.ts';
import { beforeEach, expect, test, vi } from 'vitest';
import { type Recent, Recents } from '../../src/page/recents.svelte.ts';

/** As a browser's: its keys are properties. */
class FakeStorage {
  [key: string]: unknown;
  getItem(key: string) {
    return this[key] ?? null;
  }
  setItem(key: string, value: string) {
    this[key] = value;
  }
  removeItem(key: string) {
    delete this[key];
  }
}

let storage = new FakeStorage();
beforeEach(() => {
  storage = new FakeStorage();
  vi.stubGlobal('localStorage', storage);
});

let nowMs = 0;
const recentOf = (title: string | null): Recent => ({
  kind: 'sent',
  title,
  files: 1,
  bytes: 2,
  endedMs: ++nowMs,
});

test('the youngest come first, the oldest go, and all can be cleared', () => {
  const recents = new Recents();
  for (let i = 1; i <= 25; i++) recents.note(recentOf(`file ${i}`));
  expect(recents.list).toHaveLength(20);
  expect(new Recents().list[0]!.title).toBe('file 25');
  recents.clear();
  expect([recents.list, new Recents().list, Object.keys(storage)]).toEqual([[], [], []]);
});

test('what two tabs note is kept', () => {
  const [a, b] = [new Recents(), new Recents()];
  a.note(recentOf('of a'));
  b.note(recentOf(null));
  a.refresh();
  expect(a.list.map(({ title }) => title)).toEqual([null, 'of a']);
});

test('where nothing can be stored, they last as long as the page', () => {
  vi.stubGlobal('localStorage', undefined);
  const recents = new Recents();
  recents.note(recentOf('a'));
  expect([recents.list.length, new Recents().list.length]).toEqual([1, 0]);
});

test.each(['{', '7', 'null', '{"kind":"sent","title":7,"files":1,"bytes":1,"endedMs":1}'])(
  'what isn’t ours is nothing: %s',
  (text) => {
    storage.setItem('recent x', text);
    expect(new Recents().list).toEqual([]);
  },
);
