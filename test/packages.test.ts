// Holds the package.json files to each other: what is published names all that it needs, and every version is exact.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

type Versions = Record<string, string>;
interface Package {
  dependencies?: Versions;
  devDependencies?: Versions;
  optionalDependencies?: Versions;
}

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const folders = [
  '',
  ...['packages', 'apps'].flatMap((room) =>
    readdirSync(path.join(ROOT, room)).map((name) => `${room}/${name}`),
  ),
];

for (const folder of folders) {
  test(`${folder || 'the root'} pins every version exactly`, () => {
    const { dependencies, devDependencies, optionalDependencies } = packageIn(folder);
    const ranges = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies }).filter(
      ([, version]) => !/^\d+\.\d+\.\d+$/.test(version),
    );
    expect(ranges).toEqual([]);
  });
}

// The CLI bundles the relay, which no registry has; what that imports from a registry it must name itself. What core
// imports is bundled too.
test('the CLI names the dependencies of the relay at the same versions', () => {
  const cli = packageIn('apps/cli');
  const own = { ...cli.dependencies, ...cli.optionalDependencies };
  const { dependencies, optionalDependencies } = packageIn('apps/relay');
  const wanted = Object.entries({ ...dependencies, ...optionalDependencies }).filter(
    ([name]) => !name.startsWith('@p2p-copy/'),
  );
  expect(wanted.filter(([name, version]) => own[name] !== version)).toEqual([]);
});

function packageIn(folder: string): Package {
  return JSON.parse(readFileSync(path.join(ROOT, folder, 'package.json'), 'utf8'));
}
