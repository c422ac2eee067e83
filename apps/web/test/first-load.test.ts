// What a browser loads before the first screen shows, in the files as they are built (`npm test` builds first).
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';

const MAX_BYTES = 120_000;
const dist = new URL('../dist/', import.meta.url);

test(`the first screen takes less than ${MAX_BYTES} bytes, compressed`, () => {
  const page = readFileSync(new URL('index.html', dist), 'utf8');
  const parts = [...page.matchAll(/(?:src|href)="\.\/((?:assets\/|icon)[^"]+)"/g)].map(([, path]) => path!);
  expect(parts.some((path) => path.endsWith('.js'))).toBe(true);
  const sizes = ['index.html', ...parts].map((path) => gzipSync(readFileSync(new URL(path, dist))).length);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(MAX_BYTES);
  // Other languages come when they are spoken.
  const scripts = parts.filter((path) => path.endsWith('.js'));
  for (const path of scripts) expect(readFileSync(new URL(path, dist), 'utf8')).not.toContain('Dateien');
});
