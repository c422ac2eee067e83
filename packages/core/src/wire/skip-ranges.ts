// The entries a receiver doesn't want, as ranges in ascending order, in messages of bounded length.
import type { ControlMessage, IndexRange } from './control-message.ts';

const MAX_RANGES_IN_MESSAGE = 8192;

/** The `skip` messages for a set of indices, as ranges, each message within its limit. */
export function* skipMessages(skip: ReadonlySet<number>): Generator<ControlMessage> {
  const ranges = rangesOf(skip);
  for (let at = 0; at < ranges.length; at += MAX_RANGES_IN_MESSAGE) {
    yield { type: 'skip', ranges: ranges.slice(at, at + MAX_RANGES_IN_MESSAGE) };
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
