// Paths as a person typed them, by shells that leave more to a program than others: cmd and PowerShell don't expand `*.md`, and
// PowerShell 5.1's completion of a folder's name ends in `\'`, of which a program gets `"`.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { quoted } from '../../wording/show-text.ts';
import { UsageError } from '../terminal/exit-codes.ts';

/** Signs of a pattern that no name on Windows can hold. */
const PATTERN = /[*?]/;
/** Where a folder's name ends. */
const SEPARATOR = /[\\/]+/;

/**
 * What was meant by the paths that a command was given.
 * @throws UsageError for a pattern that matches nothing
 */
export function typedPaths(paths: readonly string[]): string[] {
  if (process.platform !== 'win32') return [...paths];
  return paths.map(typedPath).flatMap((path) => (PATTERN.test(path) ? expanded(path) : [path]));
}

/** A path without the quote that a shell has left at its end: no name on Windows has one. */
export function typedPath(path: string): string {
  return process.platform === 'win32' && path.length > 1 ? path.replace(/"+$/, '') : path;
}

function expanded(pattern: string): string[] {
  const [first = '', ...others] = pattern.split(SEPARATOR);
  // `C:` and the root are where to begin.
  const isPlace = first === '' || first.endsWith(':');
  const start = isPlace ? `${first}/` : '';
  let found = [start];
  for (const segment of isPlace ? others : [first, ...others]) {
    if (segment === '') continue;
    found = found.flatMap((folder) =>
      PATTERN.test(segment) ? matching(folder, segment) : [join(folder, segment)],
    );
  }
  if (found.length > 0) return found;
  throw new UsageError(
    `Nothing here is called like ${quoted(pattern)}.`,
    'Check the pattern, or name the files.',
  );
}

/** As cmd does: whatever the case, and also what is hidden. */
function matching(folder: string, pattern: string): string[] {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const isLike = new RegExp(`^${source}$`, 'isu');
  return namesIn(folder)
    .filter((name) => isLike.test(name))
    .map((name) => join(folder, name));
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder === '' ? '.' : folder).sort();
  } catch {
    return [];
  }
}
