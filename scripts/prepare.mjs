// Makes a fresh clone ready to run: the Node version, the packages, the builds. What is up to date is left alone.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isInRange, rangeInWords } from './node-version.mjs';
import { npmCommand, ROOT, runStep, StepFailed } from './run-step.mjs';

const INSTALL_STAMP = inRoot('node_modules/.p2p-copy-lock');
const BUILD_STAMP = inRoot('node_modules/.p2p-copy-build');

/** In order: the CLI ships the app, so the app comes first. */
const BUILDS = [
  {
    workspace: '@p2p-copy/web',
    outputs: ['apps/web/dist', 'apps/web/compressed/dist'],
    inputs: ['apps/web', 'packages/core', 'package-lock.json', 'tsconfig.base.json'],
  },
  {
    workspace: 'p2p-copy',
    outputs: ['apps/cli/dist'],
    inputs: [
      'apps/cli',
      'apps/relay',
      'packages/core',
      'apps/web/dist',
      'apps/web/compressed/dist',
      'package-lock.json',
      'tsconfig.base.json',
    ],
  },
];
const PARENT_POLL_MS = 200;
const NO_INPUT = new Set(['node_modules', 'dist', 'test']);

/** Runs `main` with the right Node and packages. A step that failed has said why: only the exit code is set. */
export async function withPrepared(main) {
  endWithParent();
  try {
    requireNode();
    await installPackages();
    await main();
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    process.exitCode = 1;
  }
}

/** Builds the app and the CLI where their sources, or what was built, differ from the last build. */
export async function buildApps() {
  const stamps = readStamps();
  for (const { workspace, inputs, outputs } of BUILDS) {
    const sources = digestOf(inputs);
    const stamp = stamps[workspace];
    // The output is part of the stamp: someone may have built other sources by hand, or deleted half of it.
    if (stamp?.sources === sources && stamp.output === digestOf(outputs)) continue;
    await runStep(`Building ${path.dirname(outputs[0])}`, npmCommand('run', 'build', '-w', workspace));
    stamps[workspace] = { sources, output: digestOf(outputs) };
    writeFileSync(BUILD_STAMP, JSON.stringify(stamps));
  }
}

/**
 * npm passes a signal on to the shell that it started us in, and that shell dies of it in silence: without this,
 * ending `npm start` by a signal to npm would leave the relay running.
 */
function endWithParent() {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, PARENT_POLL_MS);
  timer.unref();
}

function requireNode() {
  const { node: range } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8')).engines;
  if (isInRange(process.versions.node, range)) return;
  process.stderr.write(
    `A checkout of p2p-copy needs Node ${rangeInWords(range)}; this is ${process.versions.node}.\n`,
  );
  throw new StepFailed('Node version');
}

/** Installs what package-lock.json says, unless that is what is installed. */
async function installPackages() {
  const wanted = createHash('sha256')
    .update(readFileSync(inRoot('package-lock.json')))
    .digest('hex');
  if (existsSync(INSTALL_STAMP) && readFileSync(INSTALL_STAMP, 'utf8') === wanted) return;
  await runStep('Installing packages', npmCommand('ci', '--include=dev', '--include=optional'));
  writeFileSync(INSTALL_STAMP, wanted);
}

function readStamps() {
  try {
    return JSON.parse(readFileSync(BUILD_STAMP, 'utf8'));
  } catch {
    return {};
  }
}

/** SHA-256 over names and contents of files and folders; what is absent counts as empty. */
function digestOf(names) {
  const hash = createHash('sha256');
  const add = (name, entry) => {
    if (entry.isDirectory()) {
      for (const child of sortedEntries(name)) {
        if (!NO_INPUT.has(child.name)) add(`${name}/${child.name}`, child);
      }
    } else if (entry.isFile()) {
      const bytes = readFileSync(inRoot(name));
      hash.update(`${name}\0${bytes.length}\0`).update(bytes);
    }
  };
  for (const name of names) {
    const entry = sortedEntries(path.dirname(name)).find((found) => found.name === path.basename(name));
    if (entry !== undefined) add(name, entry);
  }
  return hash.digest('hex');
}

function sortedEntries(folder) {
  if (!existsSync(inRoot(folder))) return [];
  return readdirSync(inRoot(folder), { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function inRoot(name) {
  return path.join(ROOT, name);
}
