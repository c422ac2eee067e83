// Warns of rates at which a transfer may never end: an end that hears no whole message for 20 s connects again, and the
// message is sent from its beginning.
import type { TrafficSettings } from './traffic-limits.ts';

const LEAST_BYTES_PER_SECOND = 64 * 1024;

const RATES = [
  'bytesPerSecond',
  'bytesPerSecondPerPair',
  'bytesPerSecondPerAddress',
  'bytesPerSecondPerSite',
  'bytesPerSecondPerToken',
] as const;

/** A sentence for each. */
export function slowRates(settings: TrafficSettings): string[] {
  return RATES.flatMap((name) => {
    const rate = settings[name];
    if (rate === null || rate >= LEAST_BYTES_PER_SECOND) return [];
    return [
      `${name} is ${rate}. An end that hears no whole message of 256 KiB in 20 s takes its connection for dead, so transfers may never end. Set ${LEAST_BYTES_PER_SECOND} or more.`,
    ];
  });
}
