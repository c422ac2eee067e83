// Which rates an operator is warned of.
import { expect, it } from 'vitest';
import { slowRates } from '../../src/rates/slow-rates.ts';
import { DEFAULT_RELAY_CONFIG } from '../../src/settings/table.ts';
import { relayWith } from '../running-relays.ts';

it('warns of rates below which transfers may never end, at the start of a relay too', async () => {
  expect(slowRates(DEFAULT_RELAY_CONFIG)).toEqual([]);
  expect(slowRates({ ...DEFAULT_RELAY_CONFIG, bytesPerSecond: 65_536 })).toEqual([]);
  const warning = expect.stringMatching(/^bytesPerSecondPerPair is 65535\. .* Set 65536 or more\.$/);
  expect(slowRates({ ...DEFAULT_RELAY_CONFIG, bytesPerSecondPerPair: 65_535 })).toEqual([warning]);
  expect((await relayWith({ bytesPerSecondPerPair: 65_535 })).warnings).toContainEqual(warning);
});
