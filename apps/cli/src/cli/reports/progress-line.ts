// What a meter says, as a line of a terminal.
import type { ProgressMeter } from '@p2p-copy/core';
import { durationInWords, sizeInWords } from '../../wording/amounts.ts';

const WIDEST_BAR = 30;

/** A line of at most `columns` − 1 characters, with as much of a bar as fits. */
export function progressLine(meter: ProgressMeter, columns: number): string {
  const words = progressInWords(meter);
  const { fraction } = meter;
  const room = Math.min(WIDEST_BAR, columns - 1 - words.length - 3);
  if (fraction === null || room < 5) return words.slice(0, Math.max(0, columns - 1));
  const filled = Math.round(fraction * room);
  return `[${'#'.repeat(filled)}${'.'.repeat(room - filled)}] ${words}`;
}

/** `45%, 134.2 MB of 300.0 MB, 88.1 MB/s, 2 s left`. */
export function progressInWords(meter: ProgressMeter): string {
  const { fraction } = meter;
  const { bytes, totalBytes } = meter.progress;
  const of = totalBytes === null ? '' : ` of ${sizeInWords(totalBytes)}`;
  const percent = fraction === null ? [] : [`${Math.floor(fraction * 100)}%`];
  return [...percent, sizeInWords(bytes) + of, ...paceInWords(meter)].join(', ');
}

function paceInWords({ isStalled, bytesPerSecond, secondsLeft }: ProgressMeter): string[] {
  if (isStalled) return ['stalled'];
  if (bytesPerSecond === null || bytesPerSecond === 0) return [];
  const rate = `${sizeInWords(Math.round(bytesPerSecond))}/s`;
  return secondsLeft === null ? [rate] : [rate, `${durationInWords(secondsLeft)} left`];
}
