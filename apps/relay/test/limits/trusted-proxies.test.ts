// Whose word on a client's address is taken, and how far.
import { describe, expect, it } from 'vitest';
import { isAddressOrBlock, TrustedProxies } from '../../src/limits/trusted-proxies.ts';

const proxies = new TrustedProxies(['127.0.0.1', '10.0.0.0/8', '2001:db8:1::/48']);

describe('trusted proxies', () => {
  it.each([
    ['a stranger at the port chooses nothing', '192.0.2.9', '198.51.100.1', '192.0.2.9'],
    ['one hop', '127.0.0.1', '192.0.2.9', '192.0.2.9'],
    ['what the client forged stands to the left', '127.0.0.1', '198.51.100.1, 192.0.2.9', '192.0.2.9'],
    ['a forged proxy stands to the left too', '127.0.0.1', '10.0.0.1, 192.0.2.9', '192.0.2.9'],
    ['a chain of proxies', '127.0.0.1', '198.51.100.1, 192.0.2.9, 10.1.2.3, 10.3.2.1', '192.0.2.9'],
    ['a mapped proxy', '::ffff:127.0.0.1', '192.0.2.9', '192.0.2.9'],
    ['an IPv6 proxy', '2001:db8:1:2::3', '2001:db8:2::9', '2001:db8:2::9'],
    ['with a port', '127.0.0.1', '192.0.2.9:50000', '192.0.2.9'],
    ['IPv6 with a port', '127.0.0.1', '[2001:db8:2::9]:50000', '2001:db8:2::9'],
    ['IPv6 in brackets', '127.0.0.1', '[2001:db8:2::9]', '2001:db8:2::9'],
    ['no header', '127.0.0.1', '', '127.0.0.1'],
    ['no hop that can be read', '127.0.0.1', '192.0.2.9, unknown', '127.0.0.1'],
    ['an empty hop', '127.0.0.1', '192.0.2.9,', '127.0.0.1'],
    ['all are proxies', '127.0.0.1', '10.0.0.1, 10.0.0.2', '10.0.0.1'],
  ])('%s', (_name, caller, forwarded, client) => {
    expect(proxies.clientAddress(caller, forwarded)).toBe(client);
  });

  it('are none by default', () => {
    expect(new TrustedProxies([]).clientAddress('127.0.0.1', '192.0.2.9')).toBe('127.0.0.1');
  });

  it('take no time for a header of commas', () => {
    expect(proxies.clientAddress('127.0.0.1', ','.repeat(16_000))).toBe('127.0.0.1');
  });

  it.each([
    ['10.0.0.1', true],
    ['10.0.0.0/8', true],
    ['::1', true],
    ['fd00::/8', true],
    ['fd00::/128', true],
    ['0.0.0.0/0', false],
    ['::/0', false],
    ['10.0.0.0/33', false],
    ['10.0.0.0/', false],
    ['10.0.0.0/x', false],
    ['10.0.0', false],
    ['localhost', false],
    ['', false],
  ])('%j is an address or a block: %s', (text, is) => {
    expect(isAddressOrBlock(text)).toBe(is);
  });
});
