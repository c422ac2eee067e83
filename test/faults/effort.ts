// How long tests with random input go on: a bounded number of cases in `npm test`, minutes of them in `npm run soak`.
import { randomInt } from 'node:crypto';

const { P2P_COPY_SOAK_SEED, P2P_COPY_SOAK_MINUTES } = process.env;

/** What the cases' seeds begin with: the one that was asked for, or another one each time. */
export const SEED: number =
  P2P_COPY_SOAK_SEED === undefined ? randomInt(2 ** 31) : Number(P2P_COPY_SOAK_SEED);

export const SOAK_MINUTES: number = Number(P2P_COPY_SOAK_MINUTES ?? 0);

/** Ample for a slow machine; a soak ends by itself. */
export const EFFORT_TIMEOUT_MS: number = 300_000 + SOAK_MINUTES * 120_000;

/** Seeds outside a soak: enough to see that the proof works. */
const CASES = 3;
const AT_ONCE = 4;

/**
 * Runs a few seeds, or as many as the soak's minutes allow, some side by side: most of a case is waiting. A case that has a
 * deadline in real time goes alone: `atOnce` 1. `cases` are the seeds outside a soak.
 */
export async function forEachSeed(
  run: (seed: number) => Promise<void>,
  { atOnce = AT_ONCE, cases = CASES }: { atOnce?: number; cases?: number } = {},
): Promise<void> {
  const endMs = performance.now() + SOAK_MINUTES * 60_000;
  let next = SEED;
  const isOver = () => (SOAK_MINUTES > 0 ? performance.now() > endMs : next >= SEED + cases);
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      // A seed that is asked for is run, however short the soak.
      while (!isOver() || next === SEED) await run(next++);
    }),
  );
  process.stderr.write(`${next - SEED} cases from seed ${SEED}\n`);
}

/** How to run one case again. */
export function repeatCommand(seed: number): string {
  return `npm run soak -- --seed ${seed} --minutes 0.01`;
}
