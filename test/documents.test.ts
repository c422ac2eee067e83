// Holds the documents to the files that they point to.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const ROOT = path.join(import.meta.dirname, '..');
const LINK = /\]\(([^)#\s]+)(?:#[^)]*)?\)/g;
const SCREENS = 'docs/screens';

const documents = ['', 'docs'].flatMap((folder) =>
  readdirSync(path.join(ROOT, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => path.posix.join(folder, name)),
);

function linksIn(document: string): string[] {
  const links = readFileSync(path.join(ROOT, document), 'utf8').matchAll(LINK);
  return [...links].map(([, target]) => target!).filter((target) => !target.includes(':'));
}

test.each(documents)('%s points to files that are there', (document) => {
  const missing = linksIn(document).filter(
    (target) => !existsSync(path.join(ROOT, path.dirname(document), target)),
  );
  expect(missing).toEqual([]);
});

test('the pictures that are kept are those that a document shows', () => {
  const kept = readFileSync(path.join(ROOT, '.gitignore'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith(`!${SCREENS}/`))
    .map((line) => line.slice(1));
  const shown = documents.flatMap((document) =>
    linksIn(document)
      .map((target) => path.posix.join(path.posix.dirname(document), target))
      .filter((target) => target.startsWith(`${SCREENS}/`)),
  );
  expect(shown.sort()).toEqual(kept.sort());
});

test('every claim of docs/SECURITY.md names a test that is there', () => {
  const rows = [
    ...readFileSync(path.join(ROOT, 'docs/SECURITY.md'), 'utf8').matchAll(
      /^\| .+ \| \[[^\]]+\]\(\.\.\/([^)]+)\) “(.+)” \|$/gm,
    ),
  ];
  expect(rows.length).toBeGreaterThan(40);
  const missing = rows.filter(
    ([, file, title]) => !readFileSync(path.join(ROOT, file!), 'utf8').includes(title!),
  );
  expect(missing.map(([row]) => row)).toEqual([]);
});
