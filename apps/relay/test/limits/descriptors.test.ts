// Caps against the files that the process may have open.
import { describe, expect, it } from 'vitest';
import { DEFAULT_RELAY_CONFIG } from '../../src/index.ts';
import {
  descriptorsForSockets,
  descriptorsOfProcess,
  fitCaps,
  neededDescriptors,
} from '../../src/limits/descriptors.ts';

describe('descriptors', () => {
  it('leave the caps as they are where there are enough, or no limit is known', () => {
    expect(fitCaps(DEFAULT_RELAY_CONFIG, null)).toBe(DEFAULT_RELAY_CONFIG);
    const needed = neededDescriptors(DEFAULT_RELAY_CONFIG);
    expect(fitCaps(DEFAULT_RELAY_CONFIG, needed)).toBe(DEFAULT_RELAY_CONFIG);
    expect(fitCaps(DEFAULT_RELAY_CONFIG, needed - 1)).not.toBe(DEFAULT_RELAY_CONFIG);
  });

  it.each([0, 1, 8, 9, 64, 100, 1_000, 5_000, 21_999])(
    'bound the caps: %i for sockets, and no address has more than half',
    (descriptors) => {
      const caps = fitCaps(DEFAULT_RELAY_CONFIG, descriptors);
      for (const cap of Object.values(caps)) expect(cap).toBeGreaterThanOrEqual(1);
      if (descriptors >= 8) {
        expect(neededDescriptors(caps)).toBeLessThanOrEqual(descriptors);
        expect(2 * caps.maxConnectionsPerAddress).toBeLessThanOrEqual(caps.maxConnections);
        expect(2 * caps.maxConnectionsPerSite).toBeLessThanOrEqual(2 * caps.maxConnections);
      }
      expect(caps.maxPageConnectionsPerAddress).toBeLessThanOrEqual(Math.max(1, caps.maxPageConnections / 2));
    },
  );

  it('keep some for files', () => {
    expect(descriptorsForSockets(1_024, 24)).toBe(1_024 - 24 - 64);
    expect(descriptorsForSockets(64, 24)).toBe(64 - 24 - 8);
    expect(descriptorsForSockets(24, 24)).toBe(0);
    expect(descriptorsForSockets(null, 24)).toBe(null);
  });

  it.skipIf(process.platform !== 'linux')('are asked of the system', () => {
    const { limit, open } = descriptorsOfProcess();
    expect(limit).toBeGreaterThan(open);
    expect(open).toBeGreaterThan(3);
  });
});
