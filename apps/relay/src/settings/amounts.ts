// Durations and sizes as people write them: a number and its unit.

const MS_OF = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
/** As in `receive --max-size`, a letter alone is decimal; the binary units have their own. */
const BYTES_OF = {
  '': 1,
  k: 1e3,
  m: 1e6,
  g: 1e9,
  t: 1e12,
  ki: 2 ** 10,
  mi: 2 ** 20,
  gi: 2 ** 30,
  ti: 2 ** 40,
} as const;

/** `500ms`, `90s`, `30m`, `1.5h` or `2d`, in whole ms; 0 needs no unit. Undefined for anything else. */
export function readDuration(text: string): number | undefined {
  if (text === '0') return 0;
  const [, digits, unit] = /^(\d{1,12}(?:\.\d{1,6})?) ?(ms|s|m|h|d)$/.exec(text) ?? [];
  if (digits === undefined) return undefined;
  return whole(Number(digits) * MS_OF[unit as keyof typeof MS_OF]);
}

/** In the largest unit in which it is whole. */
export function showDuration(ms: number): string {
  return inLargest(ms, MS_OF, 'ms');
}

/** `65536`, `64k` (64,000), `64Ki` (65,536), `1.5M`, `2GiB`; a `B` may follow. Undefined for anything else. */
export function readBytes(text: string): number | undefined {
  const [, digits, unit] = /^(\d{1,15}(?:\.\d{1,6})?) ?((?:[kmgt]i?)?)b?$/i.exec(text) ?? [];
  if (digits === undefined) return undefined;
  return whole(Number(digits) * BYTES_OF[unit!.toLowerCase() as keyof typeof BYTES_OF]);
}

export function showBytes(bytes: number): string {
  return inLargest(bytes, { '': 1, k: 1e3, M: 1e6, G: 1e9, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30 }, '');
}

function whole(amount: number): number | undefined {
  return Number.isSafeInteger(amount) ? amount : undefined;
}

function inLargest(amount: number, units: Record<string, number>, smallest: string): string {
  if (amount === 0) return `0${smallest}`;
  const fitting = Object.entries(units).filter(([, size]) => amount % size === 0);
  const [unit, size] = fitting.reduce((best, each) => (each[1] > best[1] ? each : best));
  return `${amount / size}${unit}`;
}
