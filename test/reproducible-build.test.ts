// The web app as whoever checks a site builds it: from the same sources, in any folder, come the same bytes.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SOURCES = ['package.json', 'tsconfig.base.json', 'apps/web', 'packages/core'];
const LEFT_OUT = new Set(['node_modules', 'dist', 'test']);

const built: string[] = [];
let scratch = '';
beforeAll(() => {
  scratch = mkdtempSync(path.join(tmpdir(), 'p2p-copy-builds-'));
  const [one, other] = ['one', 'another/place of some depth'].map((name) => path.join(scratch, name));
  copySources(ROOT, one!);
  // Of the copy, so that someone who edits meanwhile changes both.
  copySources(one!, other!);
  built.push(buildIn(one!, { TZ: 'UTC', LC_ALL: 'C' }));
  built.push(buildIn(other!, { TZ: 'Pacific/Chatham', LC_ALL: 'de_DE.UTF-8' }));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test('two builds in different folders have the same files', () => {
  const [one, other] = built.map(digestsIn);
  expect(Object.keys(one!).length).toBeGreaterThan(5);
  expect(other).toEqual(one);
});

test('nothing that is served names the folder it was built in', () => {
  for (const file of filesIn(built[1]!)) {
    const text = readFileSync(path.join(built[1]!, file), 'latin1');
    for (const place of [scratch, 'place of some depth', path.join(ROOT, 'node_modules')]) {
      expect(text.includes(place), `${file} names ${place}`).toBe(false);
    }
  }
});

test('integrity.json lists every other file with its digest, sorted', () => {
  const { 'integrity.json': _own, ...others } = digestsIn(built[0]!);
  const listed = JSON.parse(readFileSync(path.join(built[0]!, 'integrity.json'), 'utf8'));
  expect(listed).toEqual(others);
  expect(Object.keys(listed)).toEqual(Object.keys(others).sort());
});

function copySources(root: string, copy: string): void {
  for (const source of SOURCES) {
    cpSync(path.join(root, source), path.join(copy, source), {
      recursive: true,
      filter: (from) => !LEFT_OUT.has(path.basename(from)),
    });
  }
}

/** Builds a copy with the packages that are installed here. Returns the folder of what was built. */
function buildIn(copy: string, environment: Record<string, string>): string {
  const modules = path.join(copy, 'node_modules');
  mkdirSync(path.join(modules, '@p2p-copy'), { recursive: true });
  for (const entry of readdirSync(path.join(ROOT, 'node_modules'))) {
    if (entry.startsWith('.') || entry.includes('p2p-copy')) continue;
    symlinkSync(path.join(ROOT, 'node_modules', entry), path.join(modules, entry));
  }
  symlinkSync(path.join(copy, 'packages/core'), path.join(modules, '@p2p-copy/core'));
  execFileSync(process.execPath, [path.join(ROOT, 'node_modules/vite/bin/vite.js'), 'build'], {
    cwd: path.join(copy, 'apps/web'),
    // The tests' own NODE_ENV would build what is for developers.
    env: { ...process.env, NODE_ENV: 'production', ...environment },
    stdio: 'pipe',
  });
  return path.join(copy, 'apps/web/dist');
}

function digestsIn(folder: string): Record<string, string> {
  return Object.fromEntries(
    filesIn(folder).map((file) => [
      file,
      createHash('sha256')
        .update(readFileSync(path.join(folder, file)))
        .digest('hex'),
    ]),
  );
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    statSync(path.join(folder, file)).isFile(),
  );
}
