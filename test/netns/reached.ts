// Moments of a transfer, by the bytes that a link has carried: when to cut, how fast it was in between.
const LOOK_EVERY_MS = 50;
const PATIENCE_MS = 120_000;

interface Moment {
  /** The count, at least the one waited for. */
  bytes: number;
  /** Of `performance.now()`. */
  atMs: number;
}

/** Waits until a count of bytes has reached `bytes`. Throws when it doesn't within two minutes. */
export async function reached(count: () => number, bytes: number): Promise<Moment> {
  const giveUpMs = performance.now() + PATIENCE_MS;
  for (;;) {
    const now = count();
    const atMs = performance.now();
    if (now >= bytes) return { bytes: now, atMs };
    if (atMs > giveUpMs) throw new Error(`a link carried ${now} bytes, not ${bytes}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

/** Bits a second of a link from when it had carried `from` bytes until `to`. */
export async function rateBetween(count: () => number, from: number, to: number): Promise<number> {
  const start = await reached(count, from);
  const end = await reached(count, to);
  return ((end.bytes - start.bytes) * 8000) / (end.atMs - start.atMs);
}
