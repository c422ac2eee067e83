// Indices of an offer and its pin, as they are stored.

/** Both ends are in it. */
export type IndexRange = [first: number, last: number];

/** Adds to ranges that ascend and don't touch, in place: a search by halves, since there may be a million indices. */
export function addIndex(ranges: IndexRange[], index: number): void {
  let [low, high] = [0, ranges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ranges[middle]![1] < index) low = middle + 1;
    else high = middle;
  }
  // The first range that doesn't end before the index, and the one before it.
  const [before, after] = [ranges[low - 1], ranges[low]];
  if (after !== undefined && after[0] <= index) return;
  const [joinsBefore, joinsAfter] = [before?.[1] === index - 1, after?.[0] === index + 1];
  const joined: IndexRange = [joinsBefore ? before![0] : index, joinsAfter ? after![1] : index];
  ranges.splice(joinsBefore ? low - 1 : low, Number(joinsBefore) + Number(joinsAfter), joined);
}

export function* indicesIn(ranges: Iterable<IndexRange>): Generator<number> {
  for (const [first, last] of ranges) for (let index = first; index <= last; index += 1) yield index;
}

/** Lower case. */
export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
