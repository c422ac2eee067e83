// What counts as one address, and what a log line may say of it.
import { expect, it } from 'vitest';
import { addressBlock, siteOf, truncateAddress } from '../../src/limits/address-block.ts';

it.each([
  ['192.0.2.77', '192.0.2.77', '192.0.2.0/24'],
  ['::ffff:192.0.2.77', '192.0.2.77', '192.0.2.0/24'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64', '2001:db8:1::/48'],
  ['2001:0DB8:0001:0002::1', '2001:db8:1:2::/64', '2001:db8:1::/48'],
  ['2001:db8::1', '2001:db8:0:0::/64', '2001:db8:0::/48'],
  ['::1', '0:0:0:0::/64', '0:0:0::/48'],
  ['::', '0:0:0:0::/64', '0:0:0::/48'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64', 'fe80:0:0::/48'],
  ['::ffff:c000:24d', '192.0.2.77', '192.0.2.0/24'],
  ['0:0:0:0:0:FFFF:192.0.2.77', '192.0.2.77', '192.0.2.0/24'],
  ['64:ff9b::192.0.2.1', '192.0.2.1', '192.0.2.0/24'],
  ['64:ff9b:1::192.0.2.1', '64:ff9b:1:0::/64', '64:ff9b:1::/48'],
  ['1:2:3:4:5::192.0.2.1', '1:2:3:4::/64', '1:2:3::/48'],
  ['not an address', 'not an address', 'unknown'],
])('%s', (ip, block, truncated) => {
  expect(addressBlock(ip)).toBe(block);
  expect(truncateAddress(ip)).toBe(truncated);
});

it('has a site for each IPv6 block, and none for an IPv4 address', () => {
  expect(siteOf(addressBlock('2001:db8:1:2::3'))).toBe('2001:db8:1::/48');
  expect(siteOf(addressBlock('2001:db8:1:ffff::3'))).toBe('2001:db8:1::/48');
  expect(siteOf(addressBlock('192.0.2.77'))).toBe(null);
});
