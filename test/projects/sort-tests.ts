// Sorts the test files into vitest's projects by what they reach, so that no list has to be kept: a unit test needs
// nothing but its own process.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export type Project = 'unit' | 'system' | 'faults' | 'fuzz';

/** Folders below the root that hold tests. */
const PLACES = ['packages', 'apps', 'test'];
const SKIPPED = new Set(['node_modules', 'dist', 'src']);

/** Modules by which a test starts processes or opens sockets. */
const REAL_MODULES =
  /^(node:(child_process|cluster|dgram|http|http2|https|net|tls|worker_threads)|ws|fastify|playwright)$/;
/** Entry points of the apps: a relay that listens, ends that connect to it. */
const REAL_ENTRIES = /^apps\/(cli|relay)\/src\/index\.ts$/;
/** A folder on the disk, or what a build has made. */
const REAL_FILES = /\bmkdtemp|\/dist\//;
const IMPORT = /(?:\bfrom|\bimport)\s*\(?\s*'([^']+)'/g;
const TYPE_IMPORT = /^import type .*;$/gm;

/** All test files of a repository as paths from its root with `/`, by project. */
export function sortTests(root: string): Record<Project, string[]> {
  const sorted: Record<Project, string[]> = { unit: [], system: [], faults: [], fuzz: [] };
  for (const file of PLACES.flatMap((place) => testsUnder(root, place))) {
    sorted[projectOf(root, file)].push(file);
  }
  return sorted;
}

function projectOf(root: string, file: string): Project {
  if (file.startsWith('test/faults/')) return 'faults';
  if (file.startsWith('test/fuzz/')) return 'fuzz';
  return file.includes('/system/') || isReal(root, file, new Set()) ? 'system' : 'unit';
}

/** Whether a test file, or a file of the tests that it imports, reaches processes, sockets, the disk or a build. */
function isReal(root: string, file: string, seen: Set<string>): boolean {
  seen.add(file);
  const text = readFileSync(path.join(root, file), 'utf8').replace(TYPE_IMPORT, '');
  if (REAL_FILES.test(text)) return true;
  return [...text.matchAll(IMPORT)].some(([, specifier]) => {
    if (!specifier!.startsWith('.')) return REAL_MODULES.test(specifier!);
    const target = path.posix.join(path.posix.dirname(file), specifier!);
    if (REAL_ENTRIES.test(target)) return true;
    return isOfTests(target) && !seen.has(target) && isReal(root, target, seen);
  });
}

function isOfTests(file: string): boolean {
  return file.endsWith('.ts') && !file.includes('/src/');
}

function testsUnder(root: string, folder: string): string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : testsUnder(root, name);
    return entry.name.endsWith('.test.ts') ? [name] : [];
  });
}
