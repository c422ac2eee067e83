// The order in which people look for names: folders first, then by language and with numbers as numbers, so that "file 9" stands
// before "file 10".

const COLLATOR = new Intl.Collator(undefined, { numeric: true });

/**
 * Compares two paths of a list segment by segment. Everything below one folder is neighbours in this order, at every depth.
 * @returns below 0 where `a` comes first; 0 for the same path only
 */
export function comparePaths(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  let at = 0;
  while (at < length && a.charCodeAt(at) === b.charCodeAt(at)) at += 1;
  const start = at === 0 ? 0 : a.lastIndexOf('/', at - 1) + 1;
  const [endOfA, endOfB] = [a.indexOf('/', start), b.indexOf('/', start)];
  if ((endOfA === -1) !== (endOfB === -1)) return endOfA === -1 ? 1 : -1;
  const [nameOfA, nameOfB] = [segment(a, start, endOfA), segment(b, start, endOfB)];
  // Names that are equal to a reader, such as "1" and "01", still have one order: a folder isn't mixed with another one.
  return COLLATOR.compare(nameOfA, nameOfB) || (nameOfA < nameOfB ? -1 : 1);
}

function segment(path: string, start: number, end: number): string {
  return end === -1 ? path.slice(start) : path.slice(start, end);
}
