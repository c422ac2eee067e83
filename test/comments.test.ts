// Holds comments to nouns: whoever searches for a value finds the sentence that documents it.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const ROOT = path.join(import.meta.dirname, '..');
const SKIPPED = new Set(['node_modules', 'dist']);
/** Quantities that are pointed at, in a comment. In two parts, so that this file isn't found. */
const POINTING = new RegExp(`(?://|/?\\*).*\\bso (?:${'many'}|${'much'})\\b`, 'i');
test('no comment says “so many” or “so much” in place of the noun', () => {
  const faults = ['packages', 'apps', 'scripts', 'bench', 'test'].flatMap(sourcesUnder).flatMap((file) =>
    readFileSync(path.join(ROOT, file), 'utf8')
      .split('\n')
      .flatMap((line, i) => (POINTING.test(line) ? [`${file}:${i + 1}: ${line.trim()}`] : [])),
  );
  expect(faults).toEqual([]);
});

function sourcesUnder(folder: string): string[] {
  return readdirSync(path.join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : sourcesUnder(name);
    return /\.(ts|mts|mjs|svelte)$/.test(entry.name) ? [name] : [];
  });
}
