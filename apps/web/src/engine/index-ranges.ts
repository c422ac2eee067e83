// Indices of an offer and its pin, as they are stored.

/** Ascending. */
export function rangesOf(indices: ReadonlySet<number>): [first: number, last: number][] {
  const ranges: [number, number][] = [];
  for (const index of [...indices].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === index - 1) last[1] = index;
    else ranges.push([index, index]);
  }
  return ranges;
}

export function* indicesIn(ranges: Iterable<[first: number, last: number]>): Generator<number> {
  for (const [first, last] of ranges) for (let index = first; index <= last; index += 1) yield index;
}

/** Lower case. */
export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
