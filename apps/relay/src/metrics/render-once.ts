// Bounds the cost of being asked: the text that many ask for is made once, and kept for a moment.
import type { Clock } from '@p2p-copy/core/foundation';

/** Whoever asks again within this time gets the same text. */
export const MAX_AGE_MS = 1_000;

/**
 * The same as `render`, at most once in `maxAgeMs`, and never twice at a time.
 * @param render what is costly; when it fails, the next call tries again
 */
export function renderOnce(
  render: () => Promise<string>,
  maxAgeMs: number,
  clock: Clock,
): () => Promise<string> {
  let kept: { text: Promise<string>; untilMs: number } | null = null;
  return () => {
    if (kept !== null && clock.nowMs() < kept.untilMs) return kept.text;
    const text = render();
    const mine = { text, untilMs: Number.POSITIVE_INFINITY };
    kept = mine;
    text.then(
      () => {
        mine.untilMs = clock.nowMs() + maxAgeMs;
      },
      () => {
        if (kept === mine) kept = null;
      },
    );
    return text;
  };
}
