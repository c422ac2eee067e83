// Random choices that a seed repeats: what a failing case prints is enough to run it again.

export interface Random {
  /** A whole number from `min` to `max`, both included. */
  whole(min: number, max: number): number;
  one<T>(choices: readonly T[]): T;
  bytes(length: number): Uint8Array<ArrayBuffer>;
}

/** Mulberry32: 32 bits of state, good enough to choose faults. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const whole = (min: number, max: number) => min + (next() % (max - min + 1));
  return {
    whole,
    one: (choices) => choices[whole(0, choices.length - 1)]!,
    bytes: (length) => Uint8Array.from({ length }, () => next() & 0xff),
  };
}
