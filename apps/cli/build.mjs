// Builds the package as it is published: the command and the library, the thread for zstd, their types, and the app
// that `p2p-copy relay` serves. Bundled are the workspace's own packages, which no registry has, and what every transfer
// loads, since finding and linking its hundred files took as long as all else before the first byte.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { build } from 'rolldown';
import ts from 'typescript';
import { buildAlone } from './build-alone.mjs';

const HERE = import.meta.dirname;
const DIST = join(HERE, 'dist');
const REPOSITORY = join(HERE, '../..');
/** Whether a registry gets it: then nothing may be missing. */
const isPublished = process.argv.includes('--publish');

rmSync(DIST, { recursive: true, force: true });
await bundle();
emitTypes();
copyApp();
await buildAlone(join(DIST, 'web/cli.mjs'), join(DIST, 'zstd-worker.cjs'));
if (isPublished) copyDocuments();

async function bundle() {
  const { dependencies, optionalDependencies } = JSON.parse(readFileSync(join(HERE, 'package.json'), 'utf8'));
  // `ws` asks for the last one only where Node can't check UTF-8 by itself.
  const fromRegistry = [...Object.keys({ ...dependencies, ...optionalDependencies }), 'utf-8-validate'];
  const external = (id) =>
    id.startsWith('node:') || fromRegistry.some((name) => id === name || id.startsWith(`${name}/`));
  const { output } = await build({
    cwd: HERE,
    // One build, so that both entries share one TransferError.
    input: { cli: 'src/cli/main.ts', index: 'src/index.ts' },
    platform: 'node',
    external,
    // All beside each other: modules find the app and the worker by their own place.
    output: { dir: DIST, format: 'esm', entryFileNames: '[name].js', chunkFileNames: 'chunk-[hash].js' },
  });
  // One file that needs no other: it is read before a transfer begins, and run from memory.
  const { output: thread } = await build({
    cwd: HERE,
    input: { 'zstd-worker': 'src/node/zstd/zstd-worker.ts' },
    platform: 'node',
    external: (id) => id.startsWith('node:'),
    plugins: [withoutAsmZstd()],
    output: { dir: DIST, format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false, minify: true },
  });
  writeLicenses([...output, ...thread].flatMap(({ moduleIds = [] }) => moduleIds));
}

/** Leaves out what zstd-codec carries for places without WebAssembly: 1.3 MB. */
function withoutAsmZstd() {
  const absent = '\0absent-in-node.cjs';
  return {
    name: 'without-asm-zstd',
    resolveId: (source, importer) =>
      source === './zstd-codec-binding.js' && importer?.includes('zstd-codec') ? absent : null,
    load: (id) =>
      id === absent ? 'module.exports = () => { throw new Error("zstd needs WebAssembly"); };' : null,
  };
}

/** The licences of what is bundled ask to go along with it. */
function writeLicenses(modules) {
  const packages = new Set(modules.map((file) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0]));
  packages.delete(undefined);
  const notices = [...packages].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const text = licenseOf(name, folder);
    if (text === undefined) throw new Error(`${name} has no text of its licence`);
    return `${name} ${version} (${license})\n\n${readFileSync(text, 'utf8').trim()}\n`;
  });
  writeFileSync(join(DIST, 'LICENSES.txt'), notices.join(`\n${'-'.repeat(80)}\n\n`));
}

/** The file with its text: the package's own, or that of its repository where the package was published without. */
function licenseOf(name, folder) {
  const own = readdirSync(folder).find((file) => /^licen[cs]e/i.test(file));
  if (own !== undefined) return join(folder, own);
  const kept = join(HERE, 'licenses', `${name}.txt`);
  return existsSync(kept) ? kept : undefined;
}

/** Types of the entry and of what it names. Those are self-contained: they name no package of the workspace. */
function emitTypes() {
  const waiting = [join(HERE, 'src/index.ts')];
  const seen = new Set(waiting);
  for (const file of waiting) {
    const types = typesOf(file);
    for (const [, specifier] of types.matchAll(/from '([^']+)'/g)) {
      if (specifier.startsWith('node:')) continue;
      if (!specifier.startsWith('.')) throw new Error(`${file}: a published type names ${specifier}`);
      const imported = join(dirname(file), specifier);
      if (!seen.has(imported)) waiting.push(imported);
      seen.add(imported);
    }
    const target = join(DIST, 'types', relative(join(HERE, 'src'), file).replace(/\.ts$/, '.d.ts'));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, types.replaceAll(/(from '\.[^']+)\.ts'/g, "$1.js'"));
  }
}

function typesOf(file) {
  const { outputText, diagnostics } = ts.transpileDeclaration(readFileSync(file, 'utf8'), {
    fileName: file,
    reportDiagnostics: true,
    compilerOptions: {
      isolatedDeclarations: true,
      target: ts.ScriptTarget.ES2024,
      module: ts.ModuleKind.ESNext,
    },
  });
  if (diagnostics.length > 0)
    throw new Error(`${file}: ${ts.flattenDiagnosticMessageText(diagnostics[0].messageText, ' ')}`);
  return outputText;
}

function copyApp() {
  mkdirSync(join(DIST, 'web'), { recursive: true });
  const app = join(REPOSITORY, 'apps/web/dist');
  if (existsSync(join(app, 'index.html'))) {
    cpSync(app, join(DIST, 'web'), { recursive: true });
    cpSync(join(app, '../compressed/dist'), join(DIST, 'compressed/web'), { recursive: true });
    return;
  }
  const warning =
    'The web app is not built, so p2p-copy relay will serve no page: npm run build -w @p2p-copy/web.';
  if (isPublished) throw new Error(warning);
  process.stderr.write(`${warning}\n`);
}

/** What a registry shows. npm takes them from the package's own folder only. */
function copyDocuments() {
  for (const name of ['README.md', 'CHANGELOG.md', 'LICENSE']) {
    const source = join(REPOSITORY, name);
    if (existsSync(source)) cpSync(source, join(HERE, name));
  }
}
