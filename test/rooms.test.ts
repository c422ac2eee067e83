// Holds the rooms of ARCHITECTURE.md: who may import whom, what files may be called, how long they may be.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SKIPPED = new Set([
  'node_modules',
  'dist',
  'test-results',
  'playwright-report',
  'coverage',
  'bench-results',
]);
const MAX_LINES = 300;

/** Rooms of packages/core/src, innermost first, with the rooms that each may import beside itself. */
const LAYERS: Record<string, string[]> = {
  foundation: [],
  // What the relay shares with the two ends, and all but `foundation` that the relay sees of core. A leaf, so any room
  // from wire up may use it.
  'relay-protocol': [],
  ports: ['foundation'],
  crypto: ['foundation', 'ports'],
  compression: ['foundation', 'ports'],
  wire: ['foundation', 'ports', 'relay-protocol'],
  async: ['foundation', 'wire'],
  names: ['foundation', 'ports', 'async'],
  // The relay as a rendezvous: with `relay-protocol`, all that knows how a relay speaks.
  'relay-client': ['foundation', 'ports', 'crypto', 'wire', 'async', 'relay-protocol'],
  // The ends of a transfer know channels and rendezvous, and nothing of what carries them.
  direct: ['foundation', 'ports', 'crypto', 'wire', 'async'],
  link: ['foundation', 'ports', 'crypto', 'wire', 'async', 'direct'],
  lanes: ['foundation', 'ports', 'wire', 'async', 'direct', 'link'],
  flow: ['foundation', 'ports', 'wire', 'lanes'],
  delta: ['foundation', 'ports', 'crypto', 'wire'],
  // Devices: who they are, whose group it is, who is there, and how they pair and meet. A transfer knows nothing of them.
  identity: ['foundation', 'crypto', 'wire'],
  group: ['foundation', 'crypto', 'wire', 'identity'],
  presence: ['foundation', 'crypto', 'wire', 'identity', 'group'],
  pairing: ['foundation', 'ports', 'crypto', 'wire', 'async', 'link', 'identity', 'group'],
  content: ['foundation', 'ports', 'crypto', 'compression', 'wire', 'async', 'lanes', 'flow', 'delta'],
  // What an app hands in and hears: types only.
  api: ['foundation', 'ports', 'wire', 'names', 'flow', 'delta'],
  offer: ['foundation', 'ports', 'crypto', 'wire', 'async', 'names', 'lanes', 'delta', 'content', 'api'],
  machine: ['foundation', 'wire', 'offer'],
  meeting: ['foundation', 'ports', 'crypto', 'wire', 'async', 'link', 'machine'],
  transfer: [
    'foundation',
    'ports',
    'crypto',
    'wire',
    'async',
    'direct',
    'link',
    'lanes',
    'flow',
    'content',
    'api',
    'offer',
    'machine',
    'meeting',
  ],
  // Devices among those of their group, as apps see them: paired by a code, there or away, asked and met.
  devices: [
    'foundation',
    'ports',
    'crypto',
    'wire',
    'async',
    'link',
    'identity',
    'group',
    'presence',
    'pairing',
    'api',
    'machine',
    'meeting',
    'transfer',
  ],
  // A protocol of its own beside version 3: it shares the machinery below, and what an app sees of a transfer.
  classic: [
    'foundation',
    'ports',
    'crypto',
    'compression',
    'wire',
    'async',
    'names',
    'api',
    'relay-protocol',
  ],
};

/** What each app may import of the workspace's packages. */
const APPS: Record<string, string[]> = {
  relay: ['@p2p-copy/core/foundation', '@p2p-copy/core/relay-protocol'],
  cli: ['@p2p-copy/core', '@p2p-copy/core/classic', '@p2p-copy/relay', '@p2p-copy/relay/settings'],
  web: ['@p2p-copy/core', '@p2p-copy/core/classic'],
};
const CRYPTO_LIBRARIES = /^(@noble\/|@scure\/|hash-wasm|zstd-codec)/;

interface Import {
  /** Path of the importing file from the root. */
  from: string;
  specifier: string;
  /** Whether it is an `import()` that runs. */
  isDynamic: boolean;
  /** Whether nothing of it is left when types are stripped. */
  isType: boolean;
}

const files = filesUnder('').filter((file) => /\.(ts|mts|mjs|js|svelte)$/.test(file));
const imports = files.flatMap(importsOf);

describe('core', () => {
  const ofCore = imports.filter(({ from }) => from.startsWith('packages/core/src/'));

  test('has only the layers of the table', () => {
    const layers = new Set(files.filter(inFolder('packages/core/src')).map((file) => file.split('/')[3]!));
    expect([...layers].filter((name) => !name.endsWith('.ts') && !(name in LAYERS))).toEqual([]);
  });

  test('layers import only what is below them', () => {
    const faults = ofCore.filter(({ from, specifier }) => {
      const layer = LAYERS[from.split('/')[3]!];
      if (layer === undefined || !specifier.startsWith('.')) return false;
      const target = path.posix.join(path.posix.dirname(from), specifier);
      if (target.startsWith(`${from.split('/').slice(0, 4).join('/')}/`)) return false;
      return !layer.some((name) => `${target}/`.startsWith(`packages/core/src/${name}/`));
    });
    expect(faults.map(shown)).toEqual([]);
  });

  test('meetings and transfers know nothing of what carries them: no relay, close code or text frame', () => {
    const rooms =
      /^packages\/core\/src\/(async|link|flow|content|delta|meeting|machine|offer|api|transfer|wire)\//;
    const words = /\b(RelaySocket|DialRelay|SocketEvent|WebSocket|close ?codes?|text frames?|closeNameOf)\b/i;
    const within = files.filter((file) => rooms.test(file));
    expect(within.length).toBeGreaterThan(60);
    expect(within.filter((file) => words.test(read(file)))).toEqual([]);
    const faults = ofCore.filter(
      ({ from, specifier }) =>
        /\/src\/(async|link|flow|content|delta|meeting|machine|offer|api|transfer)\//.test(from) &&
        /relay-(protocol|client|socket)/.test(specifier),
    );
    expect(faults.map(shown)).toEqual([]);
  });

  test('reaches nothing of Node, of the apps or of undeclared packages', () => {
    const { dependencies } = JSON.parse(readFileSync(path.join(ROOT, 'packages/core/package.json'), 'utf8'));
    const faults = ofCore.filter(
      ({ specifier }) => !specifier.startsWith('.') && !(packageOf(specifier) in dependencies),
    );
    expect(faults.map(shown)).toEqual([]);
  });

  test('does nothing when it is loaded, as its package.json says: a page drops the modules that it does not use', () => {
    expect(JSON.parse(read('packages/core/package.json')).sideEffects).toBe(false);
    const faults = files.filter(inFolder('packages/core/src')).flatMap((file) => {
      const { statements } = ts.createSourceFile(file, read(file), ts.ScriptTarget.Latest, true);
      const acts = statements.filter(
        (each) =>
          ts.isExpressionStatement(each) ||
          ts.isBlock(each) ||
          ts.isIterationStatement(each, false) ||
          ts.isIfStatement(each) ||
          ts.isTryStatement(each) ||
          (ts.isImportDeclaration(each) && each.importClause === undefined),
      );
      return acts.map((each) => `${file}: ${each.getText()}`);
    });
    expect(faults).toEqual([]);
  });

  test('compiles without the types of the DOM and of Node', () => {
    const config = ts.getParsedCommandLineOfConfigFile(
      path.join(ROOT, 'packages/core/tsconfig.json'),
      undefined,
      {
        ...ts.sys,
        onUnRecoverableConfigFileDiagnostic: () => {},
      },
    )!;
    expect(config.options.lib).toEqual(['lib.es2024.d.ts']);
    expect(config.options.types).toEqual([]);
  });
});

describe('apps', () => {
  for (const [app, allowed] of Object.entries(APPS)) {
    const ofApp = imports.filter(({ from }) => from.startsWith(`apps/${app}/src/`));

    test(`${app} imports of the workspace only ${allowed.join(', ')}`, () => {
      const faults = ofApp.filter(
        ({ specifier }) => /^(@p2p-copy\/|p2p-copy$)/.test(specifier) && !allowed.includes(specifier),
      );
      expect(faults.map(shown)).toEqual([]);
    });

    test(`${app} stays in its own folder`, () => {
      const faults = ofApp.filter(
        ({ from, specifier }) =>
          specifier.startsWith('.') &&
          !path.posix.join(path.posix.dirname(from), specifier).startsWith(`apps/${app}/`),
      );
      expect(faults.map(shown)).toEqual([]);
    });
  }

  test('the relay can reach no cryptography', () => {
    const faults = imports.filter(
      ({ from, specifier }) => from.startsWith('apps/relay/src/') && CRYPTO_LIBRARIES.test(specifier),
    );
    expect(faults.map(shown)).toEqual([]);
    const { dependencies } = JSON.parse(readFileSync(path.join(ROOT, 'apps/relay/package.json'), 'utf8'));
    expect(Object.keys(dependencies).filter((name) => CRYPTO_LIBRARIES.test(name))).toEqual([]);
    // Not by way of what core lets it see, either.
    const ofProtocol = imports.filter(({ from }) =>
      /^packages\/core\/src\/(foundation|relay-protocol)\//.test(from),
    );
    expect(ofProtocol.filter(({ specifier }) => !specifier.startsWith('./')).map(shown)).toEqual([]);
  });

  test('the web app uses nothing of Node', () => {
    const faults = imports.filter(
      ({ from, specifier }) => from.startsWith('apps/web/src/') && specifier.startsWith('node:'),
    );
    expect(faults.map(shown)).toEqual([]);
  });
});

/** Folders that are one room, whatever folders they have. */
const WHOLE_ROOMS = ['apps/web/src/i18n', 'apps/relay/src/settings'];
const MAX_FILES_IN_ROOM = 15;

describe('rooms', () => {
  const sources = files.filter((file) => /^(packages|apps)\/[^/]+\/src\//.test(file));

  test(`have at most ${MAX_FILES_IN_ROOM} files`, () => {
    const counts = new Map<string, number>();
    for (const file of sources) {
      const folder = path.posix.dirname(file);
      counts.set(folder, (counts.get(folder) ?? 0) + 1);
    }
    expect([...counts].filter(([, count]) => count > MAX_FILES_IN_ROOM)).toEqual([]);
  });

  for (const folder of ['packages/core/src', 'apps/cli/src', 'apps/relay/src', 'apps/web/src']) {
    test(`of ${folder} import in one direction`, () => {
      const arrows = new Map<string, Set<string>>();
      for (const { from, specifier } of imports) {
        if (!from.startsWith(`${folder}/`) || !specifier.startsWith('.')) continue;
        const [source, target] = [from, path.posix.join(path.posix.dirname(from), specifier)].map(roomOf);
        if (source === target || !target!.startsWith(`${folder}/`)) continue;
        arrows.set(source!, (arrows.get(source!) ?? new Set()).add(target!));
      }
      expect(arrows.size).toBeGreaterThan(5);
      const runBack = [...arrows].flatMap(([source, targets]) =>
        [...targets]
          .filter((target) => reaches(target, source, arrows))
          .map((target) => `${source} → ${target}`),
      );
      expect(runBack).toEqual([]);
    });
  }
});

/** Folders that speak the Python tool's wire, with the one file outside that each is imported by; null for none. */
const CLASSIC_ROOMS: Record<string, string | null> = {
  'packages/core/src/classic': null,
  'apps/relay/src/classic': 'apps/relay/src/http/load-classic.ts',
  'apps/cli/src/library/classic': 'apps/cli/src/index.ts',
  'apps/web/src/classic': 'apps/web/src/page/load-classic.ts',
  'apps/web/src/engine/classic': 'apps/web/src/engine/jobs/load-classic.ts',
};

describe('classic', () => {
  const inClassic = (file: string) => /^(packages|apps)\/[^/]+\/src\/(.*\/)?classic\//.test(file);
  const values = imports.filter(({ from, isType }) => /\/src\//.test(from) && !inClassic(from) && !isType);
  const targetOf = ({ from, specifier }: Import) =>
    specifier.startsWith('.') ? path.posix.join(path.posix.dirname(from), specifier) : specifier;

  test.each(Object.entries(CLASSIC_ROOMS))('%s is imported by its one door', (room, door) => {
    const doors = values.filter((each) => targetOf(each).startsWith(`${room}/`));
    expect(doors.map(({ from }) => from)).toEqual(door === null ? [] : [door]);
  });

  test('is imported dynamically wherever that makes it load, and of core by its rooms only', () => {
    const direct = values.filter((each) => inClassic(targetOf(each)) && !each.isDynamic);
    // The library's door is thin: it imports the rest when it is called.
    expect(direct.map(({ from }) => from)).toEqual(['apps/cli/src/index.ts']);
    const thin = imports.filter(({ from }) => from === 'apps/cli/src/library/classic/index.ts');
    expect(thin.filter(({ isDynamic, isType }) => !isDynamic && !isType)).toEqual([]);
    expect(values.filter(({ specifier }) => specifier === '@p2p-copy/core/classic').map(shown)).toEqual([]);
  });
});

describe('files', () => {
  test('no folder is a heap', () => {
    const heaps = new Set(['utils', 'util', 'helpers', 'common', 'shared', 'lib', 'misc']);
    expect(
      files.filter((file) =>
        path
          .dirname(file)
          .split('/')
          .some((folder) => heaps.has(folder)),
      ),
    ).toEqual([]);
  });

  test('names are kebab-case, Svelte components may be in PascalCase', () => {
    const kebab = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*$/;
    const component = /^[A-Z][A-Za-z0-9]*\.svelte$/;
    const faults = files.filter((file) => {
      const segments = file.split('/');
      const name = segments.pop()!;
      const named = kebab.test(name) || component.test(name);
      return !named || segments.some((folder) => !kebab.test(folder));
    });
    expect(faults).toEqual([]);
  });

  test(`no source has more than ${MAX_LINES} lines`, () => {
    const faults = files
      .filter((file) => /^(packages|apps)\/[^/]+\/src\/|^(scripts|bench)\//.test(file))
      .map((file) => `${file}: ${read(file).split('\n').length - 1}`)
      .filter((row) => Number(row.split(': ')[1]) > MAX_LINES);
    expect(faults).toEqual([]);
  });
});

describe('registries', () => {
  // In two parts, so that this file doesn't name one itself.
  const hosts = ['npmjs', 'yarnpkg', 'npmmirror', 'taobao'].map(
    (name) => new RegExp(`registry\\.${name}\\.`),
  );

  test('package-lock.json names no host', () => {
    const { packages } = JSON.parse(readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8'));
    const resolved = Object.values<{ resolved?: string }>(packages).flatMap((entry) => entry.resolved ?? []);
    expect(resolved.filter((target) => target.includes(':'))).toEqual([]);
  });

  test('no file names a host', () => {
    const faults = filesUnder('').filter((file) => hosts.some((host) => host.test(read(file))));
    expect(faults).toEqual([]);
  });
});

/** Files below a folder, as paths from the root with `/`. */
function filesUnder(folder: string): string[] {
  return readdirSync(path.join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = path.posix.join(folder, entry.name);
    if (SKIPPED.has(entry.name) || entry.name === '.git') return [];
    return entry.isDirectory() ? filesUnder(name) : entry.isFile() ? [name] : [];
  });
}

function importsOf(file: string): Import[] {
  const found: Import[] = [];
  const source = ts.createSourceFile(file, scriptOf(file), ts.ScriptTarget.Latest, true);
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) {
      add(node.moduleSpecifier, { isType: node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword });
    } else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, { isType: node.isTypeOnly });
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      add(node.argument.literal, { isType: true });
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node.arguments[0], { isDynamic: true });
    }
    ts.forEachChild(node, visit);
  };
  const add = (specifier: ts.Node | undefined, { isDynamic = false, isType = false } = {}): void => {
    if (specifier !== undefined && ts.isStringLiteralLike(specifier)) {
      found.push({ from: file, specifier: specifier.text, isDynamic, isType });
    }
  };
  visit(source);
  return found;
}

/** The script of a component with everything else blanked; any other file as it is. */
function scriptOf(file: string): string {
  if (!file.endsWith('.svelte')) return read(file);
  const scripts = read(file).matchAll(/<script[^>]*>(.*?)<\/script>/gs);
  return [...scripts].map(([, script]) => script).join('\n');
}

function roomOf(file: string): string {
  return WHOLE_ROOMS.find((room) => file.startsWith(`${room}/`)) ?? path.posix.dirname(file);
}

/** Whether arrows lead from one room to another. */
function reaches(from: string, to: string, arrows: ReadonlyMap<string, ReadonlySet<string>>): boolean {
  const seen = new Set([from]);
  for (const room of seen) for (const next of arrows.get(room) ?? []) seen.add(next);
  return seen.has(to);
}

function inFolder(folder: string): (file: string) => boolean {
  return (file) => file.startsWith(`${folder}/`);
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

function read(file: string): string {
  return readFileSync(path.join(ROOT, file), 'utf8');
}

function shown({ from, specifier }: Import): string {
  return `${from} imports ${specifier}`;
}
