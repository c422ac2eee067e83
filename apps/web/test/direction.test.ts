// A language from right to left is one file: so no style says left or right where it means start or end.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const SRC = new URL('../src/', import.meta.url).pathname;
const PHYSICAL =
  /(?:^|[\s;{])(?:(?:margin|padding|border|inset|scroll-margin|scroll-padding)-(?:left|right)|left|right|float)\s*:|text-align\s*:\s*(?:left|right)|border-(?:top|bottom)-(?:left|right)-radius/;
/** A notch is where it is. */
const DEVICE = /env\(safe-area-inset-(?:left|right)\)/;

function stylesOf(file: string): string {
  const source = readFileSync(path.join(SRC, file), 'utf8');
  return file.endsWith('.css') ? source : (/<style>([\s\S]*)<\/style>/.exec(source)?.[1] ?? '');
}

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((file) =>
  /\.(css|svelte)$/.test(file),
);

test.each(files)('%s', (file) => {
  const lines = stylesOf(file).split('\n');
  expect(lines.filter((line) => PHYSICAL.test(line) && !DEVICE.test(line))).toEqual([]);
});

test.each([
  ['  margin-left: 1rem;', true],
  ['  left: 0;', true],
  ['a { text-align: right; }', true],
  ['  margin-inline-start: 1rem;', false],
  ['  text-align: end;', false],
])('%s is physical: %s', (line, isPhysical) => {
  expect(PHYSICAL.test(line)).toBe(isPhysical);
});
