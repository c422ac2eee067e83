// Holds the package.json files to each other: what is published names all that it needs; every version is exact but
// those that whoever installs the CLI gets, which may be newer.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

type Versions = Record<string, string>;
interface Package {
  name: string;
  version: string;
  license?: string;
  description?: string;
  keywords?: string[];
  engines?: Versions;
  dependencies?: Versions;
  devDependencies?: Versions;
  optionalDependencies?: Versions;
}

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** The package that a registry gets. */
const PUBLISHED = 'apps/cli';
const folders = [
  '',
  ...['packages', 'apps'].flatMap((room) =>
    readdirSync(path.join(ROOT, room)).map((name) => `${room}/${name}`),
  ),
];

for (const folder of folders) {
  test(`${folder || 'the root'} pins every version exactly, but for what the published package needs to run`, () => {
    const { dependencies, devDependencies, optionalDependencies } = packageIn(folder);
    const exact = folder === PUBLISHED ? {} : dependencies;
    const ranges = Object.entries({ ...exact, ...devDependencies, ...optionalDependencies }).filter(
      ([, version]) => !/^\d+\.\d+\.\d+$/.test(version),
    );
    expect(ranges).toEqual([]);
    if (folder !== PUBLISHED) return;
    const others = Object.entries(dependencies!).filter(([, version]) => !/^\^\d+\.\d+\.\d+$/.test(version));
    expect(others).toEqual([]);
  });

  test(`${folder || 'the root'} has the version and the licence of all`, () => {
    const { version, license } = packageIn(folder);
    expect({ version, license }).toEqual({ version: packageIn('').version, license: 'MIT' });
  });
}

// The CLI bundles the relay, which no registry has; what that imports from a registry it must name itself. What core
// imports is bundled too.
test('the CLI names the dependencies of the relay at the same versions', () => {
  const cli = packageIn('apps/cli');
  const relay = packageIn('apps/relay');
  const wanted = Object.entries(relay.dependencies!).filter(([name]) => !name.startsWith('@p2p-copy/'));
  expect(wanted.filter(([name, version]) => cli.dependencies![name] !== `^${version}`)).toEqual([]);
  expect(cli.optionalDependencies).toMatchObject(relay.optionalDependencies!);
});

test('every system’s package for QUIC has the version of all, and is optional', () => {
  const { dependencies, optionalDependencies } = packageIn('apps/cli');
  const quic = Object.entries(optionalDependencies!).filter(([name]) => name.includes('libp2p-quic'));
  expect(quic).toHaveLength(7);
  expect(new Set(quic.map(([, version]) => version))).toEqual(new Set(['2.1.4']));
  expect(Object.keys(dependencies!).filter((name) => name.includes('quic'))).toEqual([]);
});

test('what is published says what it is, for whom, and what changed', () => {
  const cli = packageIn(PUBLISHED);
  expect(cli.description).toMatch(/\w/);
  expect(cli.keywords!.length).toBeGreaterThan(3);
  // It runs on Nodes that the bundlers of a checkout don't.
  expect(cli.engines).toEqual({ node: '>=20.11' });
  const changes = readFileSync(path.join(ROOT, 'CHANGELOG.md'), 'utf8');
  expect(changes).toContain(`\n## ${cli.version}`);
});

function packageIn(folder: string): Package {
  return JSON.parse(readFileSync(path.join(ROOT, folder, 'package.json'), 'utf8'));
}
