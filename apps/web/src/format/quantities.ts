// Sizes, rates, counts and times as people read them.
import { spoken } from '../i18n/spoken.svelte.ts';

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

/** 1500000 → "1.5 MB"; decimal units, as disks and browsers count. */
export function formatBytes(bytes: number): string {
  const power = bytes < 1000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  const digits = power === 0 ? 0 : value < 10 ? 2 : value < 100 ? 1 : 0;
  return new Intl.NumberFormat(spoken.words.locale, {
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
  return new Intl.NumberFormat(spoken.words.locale).format(value);
}

export const formatFiles = (count: number): string => spoken.words.files(count);

export function formatTime(ms: number): string {
  return new Intl.DateTimeFormat(spoken.words.locale, { dateStyle: 'medium', timeStyle: 'short' }).format(ms);
}

/** "14:03" today, with the date on another day. */
export function formatClock(ms: number): string {
  const isToday = new Date(ms).toDateString() === new Date().toDateString();
  const style = isToday ? {} : ({ dateStyle: 'medium' } as const);
  return new Intl.DateTimeFormat(spoken.words.locale, { ...style, timeStyle: 'short' }).format(ms);
}

/** How long something took, in whole seconds: "40 s", "3 min 5 s", "1 h 20 min". Less than a second is one. */
function formatDuration(ms: number): string {
  const { words } = spoken;
  const seconds = Math.max(1, Math.round(ms / 1000));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  if (hours > 0) return words.took.hours(formatNumber(hours), formatNumber(minutes));
  if (minutes > 0) return words.took.minutes(formatNumber(minutes), formatNumber(seconds % 60));
  return words.took.seconds(formatNumber(seconds));
}

/** Bytes that a transfer moved, and how long it took, in ms. */
export interface Moved {
  movedBytes: number;
  elapsedMs: number;
}

/** How long it took, and how fast it was where that says anything. */
export function formatMoved(moved: Moved | null): string {
  if (moved === null) return '';
  const { movedBytes, elapsedMs } = moved;
  const { took } = spoken.words;
  const duration = formatDuration(elapsedMs);
  if (movedBytes === 0 || elapsedMs <= 0) return took.time(duration);
  return took.average(duration, formatRate((movedBytes * 1000) / elapsedMs));
}

/** Rounded so that it doesn't flicker: "40 s left", "3 min left", "1 h 20 min left". */
export function formatTimeLeft(seconds: number): string {
  const { words } = spoken;
  if (seconds < 60) {
    return words.secondsLeft(
      formatNumber(Math.max(1, seconds < 10 ? Math.ceil(seconds) : Math.ceil(seconds / 5) * 5)),
    );
  }
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return words.minutesLeft(formatNumber(minutes));
  return words.hoursLeft(formatNumber(Math.floor(minutes / 60)), formatNumber(minutes % 60));
}

/** Whole percent, 100 only when all is there. */
export function percentOf(bytes: number, totalBytes: number): number {
  if (totalBytes === 0) return 100;
  return bytes >= totalBytes ? 100 : Math.min(99, Math.floor((bytes / totalBytes) * 100));
}
