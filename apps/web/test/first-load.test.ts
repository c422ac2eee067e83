// What a browser loads before the first screen shows, and before a transfer of our own wire, in the files as they are built
// (`npm test` builds first).
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { extname } from 'node:path';
import { brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';

const MAX_BYTES = 120_000;
const dist = new URL('../dist/', import.meta.url);
const compressed = new URL('../compressed/dist/', import.meta.url);
const DECODERS = { br: brotliDecompressSync, gzip: gunzipSync };
/** Of the first visit: all that the first screen loads, on the wire. */
const MAX_WIRE_BYTES = 150_000;
/** Of an answer's headers, and of the request's. */
const HEADER_BYTES = 2000;
/** Strings that stand in no module but those of the classic rooms: screens and setup, words, and both ends of the wire. */
const CLASSIC_MARKS = [
  'agreed-code',
  'With the Python tool',
  'Mit dem Python-Programm',
  'The other side left before everything had been sent to it.',
  'The sender ended before every file was sent.',
];

const read = (path: string) => readFileSync(new URL(path, dist), 'utf8');

function firstLoad(): string[] {
  const page = read('index.html');
  const parts = [...page.matchAll(/(?:src|href)="\.\/((?:assets\/|icon)[^"]+)"/g)].map(([, path]) => path!);
  expect(parts.some((path) => path.endsWith('.js'))).toBe(true);
  return parts;
}

/** A script with those that it imports statically, as the browser fetches them before any of it runs. */
function withImported(script: string): Set<string> {
  const scripts = new Set([script]);
  for (const each of scripts) {
    const imports = read(each).matchAll(/(?:from|import)\s*["']\.\/([^"']+\.js)["']/g);
    for (const [, name] of imports) scripts.add(`assets/${name}`);
  }
  return scripts;
}

function marksIn(scripts: Iterable<string>): string[] {
  const sources = [...scripts].map(read);
  return CLASSIC_MARKS.filter((mark) => sources.some((source) => source.includes(mark)));
}

test(`the first screen takes less than ${MAX_BYTES} bytes, compressed`, () => {
  const parts = firstLoad();
  const sizes = ['index.html', ...parts].map((path) => gzipSync(readFileSync(new URL(path, dist))).length);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(MAX_BYTES);
  // Other languages come when they are spoken.
  const scripts = parts.filter((path) => path.endsWith('.js'));
  for (const path of scripts) expect(read(path)).not.toContain('Dateien');
});

test('neither the first screen nor the worker of our own wire loads a module of the classic wire', () => {
  const scripts = readdirSync(new URL('assets/', dist)).filter((name) => name.endsWith('.js'));
  // All marks are somewhere, or the next lines would say nothing.
  expect(marksIn(scripts.map((name) => `assets/${name}`))).toEqual(CLASSIC_MARKS);
  const page = firstLoad().filter((path) => path.endsWith('.js'));
  expect(marksIn(page.flatMap((path) => [...withImported(path)]))).toEqual([]);
  const engine = scripts.find(
    (name) => /^engine-[\w-]{8}\.js$/.test(name) && read(`assets/${name}`).includes('offer'),
  );
  expect(marksIn(withImported(`assets/${engine}`))).toEqual([]);
});

test('the first screen loads nothing of the connections that only a transfer makes', () => {
  const mark = 'createDataChannel';
  const scripts = readdirSync(new URL('assets/', dist)).filter((name) => name.endsWith('.js'));
  expect(scripts.filter((name) => read(`assets/${name}`).includes(mark))).toHaveLength(1);
  const page = firstLoad().filter((path) => path.endsWith('.js'));
  const loaded = [...new Set(page.flatMap((path) => [...withImported(path)]))];
  expect(loaded.filter((path) => read(path).includes(mark))).toEqual([]);
});

const digestOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const contentOf = (path: string) => readFileSync(new URL(path, dist));

function copyOf(path: string, coding: keyof typeof DECODERS): URL {
  return new URL(`${coding}/${digestOf(contentOf(path))}${extname(path)}`, compressed);
}

test.each(['br', 'gzip'] as const)(
  `the first visit takes at most ${MAX_WIRE_BYTES} bytes on the wire, in %s`,
  (coding) => {
    const paths = ['index.html', 'app.webmanifest', 'icons/192.png', ...firstLoad()];
    const sizes = paths.map((path) => {
      const copy = copyOf(path, coding);
      return HEADER_BYTES + statSync(existsSync(copy) ? copy : new URL(path, dist)).size;
    });
    expect(sizes.length).toBeGreaterThan(6);
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(MAX_WIRE_BYTES);
  },
);

test('every script, style and page has a compressed copy, which decodes to what is served', () => {
  const paths = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter(
    (path) => /\.(js|css|html)$/.test(path) && contentOf(path).length > 1000,
  );
  expect(paths.length).toBeGreaterThan(8);
  for (const coding of ['br', 'gzip'] as const) {
    for (const path of paths) expect(existsSync(copyOf(path, coding)), `${path} in ${coding}`).toBe(true);
    for (const name of readdirSync(new URL(`${coding}/`, compressed))) {
      const decoded = DECODERS[coding](readFileSync(new URL(`${coding}/${name}`, compressed)));
      expect(name).toBe(digestOf(decoded) + extname(name));
    }
  }
});
