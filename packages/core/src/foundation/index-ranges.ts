// Indices of entries as ranges: in messages, whose length is bounded, and in what an app stores.

/** First and last index, both included. */
export type IndexRange = [first: number, last: number];

const MAX_RANGES_IN_MESSAGE = 8192;

/** @param messageOf the message that names these ranges */
export function* rangeMessages<Message>(
  indices: Iterable<number>,
  messageOf: (ranges: IndexRange[]) => Message,
): Generator<Message> {
  const ranges = rangesOf(indices);
  for (let at = 0; at < ranges.length; at += MAX_RANGES_IN_MESSAGE) {
    yield messageOf(ranges.slice(at, at + MAX_RANGES_IN_MESSAGE));
  }
}

/** Ascending, whatever order they come in. */
export function rangesOf(indices: Iterable<number>): IndexRange[] {
  const ranges: IndexRange[] = [];
  for (const index of [...indices].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === index - 1) last[1] = index;
    else ranges.push([index, index]);
  }
  return ranges;
}

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

/** The indices in ranges, in their order. */
export function* indicesIn(ranges: Iterable<IndexRange>): Generator<number> {
  for (const [first, last] of ranges) for (let index = first; index <= last; index += 1) yield index;
}
