// Every parser of untrusted bytes: it returns or refuses, whatever comes, and holds no more than it was given. What was
// once found stays in `corpus`.
import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TransferError } from '../../packages/core/src/index.ts';
import { EFFORT_TIMEOUT_MS, SEED, SOAK_MINUTES } from '../faults/effort.ts';
import { hostileInput } from './hostile-input.ts';
import { PARSERS, type Parser } from './parsers.ts';

const CASES = 10_000;
/** Objects and strings cost more than the bytes that they are written with. */
const GROWTH = 64;
const GROWTH_BYTES = 4096;

/** Throws when the parser does what none may. */
async function feed({ parse, maxGrowthBytes = 0 }: Parser, bytes: Uint8Array): Promise<void> {
  let parsed: unknown;
  try {
    parsed = await parse(Uint8Array.from(bytes));
  } catch (error) {
    if (error instanceof TransferError) return;
    throw error;
  }
  const heldBytes = sizeOf(parsed, new Set());
  if (heldBytes > bytes.length * GROWTH + GROWTH_BYTES + maxGrowthBytes) {
    throw new Error(`${heldBytes} bytes held of ${bytes.length}`);
  }
}

/** About what a value holds: whole buffers, even behind a view of a byte. */
function sizeOf(value: unknown, seen: Set<unknown>): number {
  if (typeof value === 'string') return value.length * 2;
  if (typeof value !== 'object' || value === null || seen.has(value)) return 8;
  seen.add(value);
  if (ArrayBuffer.isView(value)) return sizeOf(value.buffer, seen);
  if (value instanceof ArrayBuffer) return value.byteLength;
  return Object.entries(value).reduce((sum, [key, field]) => sum + key.length + sizeOf(field, seen), 16);
}

interface Kept {
  /** What it once did. */
  why: string;
  text?: string;
  hex?: string;
  /** How many times the piece is repeated. */
  repeat?: number;
}

function corpusOf(name: string): Kept[] {
  const file = new URL(`./corpus/${name}.json`, import.meta.url);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
}

describe.each(PARSERS)('$name', (parser) => {
  it('takes its samples and what was kept', async () => {
    for (const sample of parser.samples) await feed(parser, sample);
    for (const { why, text, hex, repeat = 1 } of corpusOf(parser.name)) {
      const piece = text === undefined ? Buffer.from(hex!, 'hex') : Buffer.from(text);
      const whole = Buffer.concat(Array.from({ length: repeat }, () => piece));
      await expect(feed(parser, whole), why).resolves.toBeUndefined();
    }
  });

  it('returns or refuses, whatever comes', { timeout: EFFORT_TIMEOUT_MS }, async () => {
    const property = fc.asyncProperty(hostileInput(parser.samples), async (bytes) => feed(parser, bytes));
    const effort =
      SOAK_MINUTES > 0
        ? // All parsers together take the minutes.
          {
            numRuns: Number.MAX_SAFE_INTEGER,
            interruptAfterTimeLimit: (SOAK_MINUTES * 60_000) / PARSERS.length,
          }
        : { numRuns: parser.cases ?? CASES };
    await fc.assert(property, { seed: SEED, ...effort });
  });
});
