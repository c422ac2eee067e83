// Long work of the page's thread, cut into slices between which the page answers.

/** A slice stays well below the 50 ms from which a person notices. */
const SLICE_MS = 8;

/** Work that yields often, at least every few thousand steps, and returns what it made. */
export type Sliced<Made> = Generator<void, Made, void>;

/**
 * Does the work to its end, or gives it up.
 * @returns null once `signal` is aborted
 */
export async function inSlices<Made>(
  work: Sliced<Made>,
  signal: AbortSignal,
  { now = () => performance.now(), pause = nextTask } = {},
): Promise<Made | null> {
  for (let untilMs = now() + SLICE_MS; ; ) {
    if (signal.aborted) return null;
    const { done, value } = work.next();
    if (done) return value;
    if (now() < untilMs) continue;
    await pause();
    untilMs = now() + SLICE_MS;
  }
}

/** The same at once, for work that is known to be short. */
export function atOnce<Made>(work: Sliced<Made>): Made {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

/** Comparisons between two looks at the clock. */
const STEPS = 256;

/**
 * Sorts indices, stable, by merging: what lies in order already costs one comparison each.
 * @param items taken over: what is in it afterwards is of no use
 */
export function* sorted(
  items: Int32Array<ArrayBuffer>,
  compare: (a: number, b: number) => number,
): Sliced<Int32Array<ArrayBuffer>> {
  let [from, to] = [items, new Int32Array(items.length)];
  let steps = 0;
  for (let width = 1; width < items.length; width *= 2) {
    for (let low = 0; low < items.length; low += 2 * width) {
      const [middle, high] = [Math.min(low + width, items.length), Math.min(low + 2 * width, items.length)];
      const isSorted = middle >= high || compare(from[middle - 1]!, from[middle]!) <= 0;
      if (isSorted) to.set(from.subarray(low, high), low);
      let [left, right] = [low, middle];
      for (let at = low; !isSorted && at < high; at += 1) {
        const takesLeft = left < middle && (right >= high || compare(from[left]!, from[right]!) <= 0);
        to[at] = takesLeft ? from[left++]! : from[right++]!;
        if (++steps % STEPS === 0) yield;
      }
      if (++steps % STEPS === 0) yield;
    }
    [from, to] = [to, from];
  }
  return from;
}
