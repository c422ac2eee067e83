// Entries that a receiver names in its answer to an offer, as ranges in ascending order, in messages of bounded length.

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
