// `--wait`: how long a code is valid.
import { MAX_WAIT_MS } from '@p2p-copy/core';
import { InvalidArgumentError, Option } from 'commander';

const MIN_WAIT_MS = 60_000;
const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

export function waitOption(): Option {
  return new Option('--wait <time>', 'how long the code is valid: 30m, 24h or 7d (default: 24h)').argParser(
    parseWait,
  );
}

/** `30m`, `24h`, `7d`, in ms. @throws InvalidArgumentError */
export function parseWait(text: string): number {
  const [, count, unit] = /^(\d{1,5})\s*([mhd])$/i.exec(text.trim()) ?? [];
  const waitMs = Number(count) * (UNIT_MS[unit?.toLowerCase() as keyof typeof UNIT_MS] ?? Number.NaN);
  if (waitMs >= MIN_WAIT_MS && waitMs <= MAX_WAIT_MS) return waitMs;
  throw new InvalidArgumentError('It must be a time from 1m to 14d, such as 30m, 24h or 7d.');
}
