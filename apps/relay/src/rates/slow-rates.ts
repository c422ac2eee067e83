// Warns of rates at which transfers can't live.
import type { TrafficSettings } from './traffic-limits.ts';

/** An end drops a connection on which no whole message came for 20 s, and messages have 256 KiB. */
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
      `${name} is ${rate}: below ${LEAST_BYTES_PER_SECOND} bytes a second, transfers lose their connections again and again.`,
    ];
  });
}
