// Sizes, rates, counts and times as people read them.

const LOCALE = 'en';
const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

/** 1500000 → "1.5 MB"; decimal units, as disks and browsers count. */
export function formatBytes(bytes: number): string {
  const power = bytes < 1000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  const digits = power === 0 ? 0 : value < 10 ? 2 : value < 100 ? 1 : 0;
  return new Intl.NumberFormat(LOCALE, {
    style: 'unit',
    unit: UNITS[power]!,
    unitDisplay: power === 0 ? 'long' : 'short',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(value);
}

export function formatRate(bytesPerSecond: number): string {
  return `${formatBytes(bytesPerSecond)}/s`;
}

export function formatNumber(value: number): string {
  return new Intl.NumberFormat(LOCALE).format(value);
}

export function formatCount(count: number, one: string, many: string): string {
  return `${formatNumber(count)} ${count === 1 ? one : many}`;
}

export const formatFiles = (count: number): string => formatCount(count, 'file', 'files');

/** Rounded so that it doesn't flicker: "40 s left", "3 min left", "1 h 20 min left". */
export function formatTimeLeft(seconds: number): string {
  if (seconds < 60)
    return `${Math.max(1, seconds < 10 ? Math.ceil(seconds) : Math.ceil(seconds / 5) * 5)} s left`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min left`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min left`;
}

/** Whole percent, 100 only when all is there. */
export function percentOf(bytes: number, totalBytes: number): number {
  if (totalBytes === 0) return 100;
  return bytes >= totalBytes ? 100 : Math.min(99, Math.floor((bytes / totalBytes) * 100));
}
