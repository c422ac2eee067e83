import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Circumstances, placesFor } from '../../src/capabilities/places.ts';

const bare: Circumstances = {
  isOneFile: true,
  bytes: 100,
  unsized: false,
  storesFiles: false,
  freeBytes: null,
  canStream: true,
  memoryBytes: 500,
  refused: [],
};

beforeEach(() => vi.stubGlobal('window', {}));
afterEach(() => vi.unstubAllGlobals());

/** As text: a place without room in brackets. */
function placesOf(now: Partial<Circumstances>): string {
  const found = placesFor({ ...bare, ...now });
  return found.map(({ place, hasRoom }) => (hasRoom ? place : `[${place}]`)).join(' ');
}

test.each<[string, Partial<Circumstances>, string]>([
  ['what fits goes to memory, also where downloads stream', {}, 'memory'],
  ['as much as memory takes', { bytes: 500 }, 'memory'],
  ['more than that is downloaded', { bytes: 501 }, 'download'],
  ['or refused', { bytes: 501, canStream: false }, '[memory]'],
  ['or neither yet', { bytes: 501, canStream: null }, ''],
  ['a size that nobody knows is downloaded', { unsized: true }, 'download'],
  ['or goes to memory', { unsized: true, canStream: false }, 'memory'],
  [
    'a download that the browser refused is not offered again',
    { bytes: 501, refused: ['download'] },
    '[memory]',
  ],
  ['storage is better than both', { storesFiles: true, bytes: 501 }, 'browser'],
  ['storage with room', { storesFiles: true, freeBytes: 100 }, 'browser'],
  ['storage without room', { storesFiles: true, freeBytes: 99 }, '[browser] memory'],
  ['storage without room for much', { storesFiles: true, freeBytes: 99, bytes: 501 }, '[browser] download'],
])('%s', (_, now, expected) => {
  expect(placesOf(now)).toBe(expected);
});

test('pickers come first, the one that fits the offer, until the browser refuses', () => {
  vi.stubGlobal('window', { showSaveFilePicker: () => {}, showDirectoryPicker: () => {} });
  expect(placesOf({ storesFiles: true })).toBe('file browser');
  expect(placesOf({ isOneFile: false })).toBe('folder');
  expect(placesOf({ storesFiles: true, refused: ['file'] })).toBe('browser');
  expect(placesOf({ refused: ['file'] })).toBe('memory');
});
