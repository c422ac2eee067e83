// Rules of gitignore, moved from the folder that they are for to the folder that all paths are told from, so that one matcher
// has all of them, in their order.

/** A rule as its line says it, for the folder at `prefix`: '' or a path from the common folder, without a slash at its end. */
export function movedRule(line: string, prefix: string): string | null {
  if (line.startsWith('#')) return null;
  const isNegative = line.startsWith('!');
  const pattern = isNegative ? line.slice(1) : line;
  // Moved, nothing but blanks, which git passes over, would mean every folder.
  if (/^[ \r]*$/.test(pattern) || pattern === '/') return null;
  const from = escapedPath(prefix);
  // A slash at its end only says that it is for folders.
  const isAnchored = pattern.trimEnd().slice(0, -1).includes('/');
  const place = isAnchored ? `${from}/${pattern.replace(/^\//, '')}` : `${from}/**/${pattern}`;
  return `${isNegative ? '!' : ''}${place}`;
}

/** All rules of a `.gitignore` file. */
export function movedRules(text: string, prefix: string): string[] {
  return text.split(/\r?\n/).flatMap((line) => movedRule(line, prefix) ?? []);
}

/** With a slash in front, unless it is empty. */
function escapedPath(path: string): string {
  return path === '' ? '' : `/${path.replaceAll(/[\\*?[\]]/g, '\\$&')}`;
}
