// Delays that a timer of a platform takes: longer ones than about 25 days fire at once, and what is no number does too.

/** Longest delay of a timer in Node and in browsers, in ms. */
export const MAX_TIMER_MS: number = 2 ** 31 - 1;

/**
 * Sets a timer for any delay: a longer one than a platform takes is waited for in parts, one for ever never ends, a negative one or
 * NaN ends in the next turn.
 * @param setTimer sets a timer of the platform, of 0 to MAX_TIMER_MS, and returns what cancels it
 * @returns what cancels it
 */
export function afterDelay(
  delayMs: number,
  callback: () => void,
  setTimer: (delayMs: number, callback: () => void) => () => void,
): () => void {
  let leftMs = delayMs > 0 ? delayMs : 0;
  let cancel = () => {};
  const wait = () => {
    if (leftMs <= MAX_TIMER_MS) {
      cancel = setTimer(leftMs, callback);
      return;
    }
    leftMs -= MAX_TIMER_MS;
    cancel = setTimer(MAX_TIMER_MS, wait);
  };
  wait();
  return () => cancel();
}
