// Sizes as people write them.
import { InvalidArgumentError } from 'commander';

const SIZE_UNITS = ['', 'k', 'm', 'g', 't'];

/** Below this a chunk of content takes so long that nothing seems to move. */
const SLOWEST_RATE = 32_000;

/** `--limit-rate`: bytes a second. */
export function parseRate(text: string): number {
  const rate = parseSize(text.replace(/\/s$/i, ''));
  if (rate >= SLOWEST_RATE) return rate;
  throw new InvalidArgumentError('It must be at least 32k bytes a second, such as 500k or 2M.');
}

/** Bytes, or with a unit of 1000: 500MB, 2GB. */
export function parseSize(text: string): number {
  const [, digits = '', unit = ''] = /^(\d{1,15}(?:\.\d+)?) ?([kmgt]?)b?$/i.exec(text.trim()) ?? [];
  const bytes =
    digits === '' ? Number.NaN : Math.floor(Number(digits) * 1000 ** SIZE_UNITS.indexOf(unit.toLowerCase()));
  if (Number.isSafeInteger(bytes)) return bytes;
  throw new InvalidArgumentError('It must be a size such as 500MB or 2GB.');
}
