// The part of an offer that is asked for by patterns.
import type { ManifestEntry } from '@p2p-copy/core';
import ignore from 'ignore';

/**
 * Indices of the files and messages that match, by the rules of gitignore, themselves or by a folder around them, and of the folders
 * that match or are around them.
 * @param entries positions need not be indices
 */
export function matchingEntries(
  patterns: readonly string[],
  entries: readonly Pick<ManifestEntry, 'kind' | 'path' | 'index'>[],
): Set<number> {
  // Names come from the other side: none of them is an error.
  const matcher = ignore({ ignorecase: false, allowRelativePaths: true });
  matcher.add(patterns.map((pattern) => ({ pattern: pattern.startsWith('#') ? `\\${pattern}` : pattern })));
  const isMatch = ({ kind, path }: Pick<ManifestEntry, 'kind' | 'path'>) =>
    matcher.ignores(kind === 'folder' ? `${path}/` : path);
  return withFolders(entries, new Set(entries.filter(isMatch).map(({ index }) => index)));
}

/** Those indices, and of the folders around them: they are made anyway. */
export function withFolders(
  entries: readonly Pick<ManifestEntry, 'kind' | 'path' | 'index'>[],
  wanted: ReadonlySet<number>,
): Set<number> {
  const around = new Set<string>();
  for (const { path, index } of entries) {
    if (!wanted.has(index)) continue;
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      const folder = path.slice(0, end);
      if (around.has(folder)) break;
      around.add(folder);
    }
  }
  const all = new Set(wanted);
  for (const { kind, path, index } of entries) if (kind === 'folder' && around.has(path)) all.add(index);
  return all;
}
