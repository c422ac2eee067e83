// Where a redirect may lead: scheme and address space, over every spelling of an address that a URL can hold.
import { isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressSpaceOf } from '../../src/relay-protocol/address-space.ts';
import { redirectTarget } from '../../src/relay-protocol/redirect.ts';

describe('the space of an address', () => {
  it.each([
    ['public', ['8.8.8.8', '1.1.1.1', '172.15.255.255', '172.32.0.0', '192.167.255.255', '169.253.255.255']],
    ['public', ['100.63.255.255', '100.128.0.0', '223.255.255.255', '2606:4700::1111', '2a00:1450:4001::']],
    ['public', ['::ffff:8.8.8.8', '64:ff9b::808:808', '2002:808:808::1', '[2606:4700::1111]']],
    [
      'private',
      ['10.0.0.0', '10.255.255.255', '172.16.0.1', '172.31.255.255', '192.168.1.1', '169.254.169.254'],
    ],
    [
      'private',
      ['100.64.0.0', '100.127.255.255', '198.19.255.255', 'fc00::1', 'fdff:ffff::1', 'fe80::1%eth0'],
    ],
    [
      'private',
      ['febf::1', 'fec0::1', '::ffff:10.0.0.1', '::ffff:c0a8:101', '64:ff9b::a9fe:a9fe', '2002:c0a8:101::'],
    ],
    ['loopback', ['127.0.0.1', '127.255.255.254', '::1', '[::1]', '::ffff:127.0.0.1', '64:ff9b::7f00:1']],
    ['loopback', ['localhost', 'LocalHost', 'a.localhost', 'localhost.']],
    ['unusable', ['0.0.0.0', '224.0.0.251', '255.255.255.255', '192.0.2.1', '198.51.100.7', '203.0.113.9']],
    [
      'unusable',
      ['::', 'ff02::fb', '2001:db8::1', '2001:0:4136::', '::127.0.0.1', '64:ff9b:1::1', '::ffff:0.0.0.0'],
    ],
    [
      null,
      ['relay.example', 'notlocalhost', 'localhost.example', '10.0.0.1.example', '256.1.1.1', '1.2.3', ''],
    ],
    [
      null,
      ['1::2::3', ':', ':::', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '1:2:3:4:5:6:7::8', '12345::', 'g::1'],
    ],
  ])('%s: %j', (space, addresses) => {
    for (const address of addresses) expect([address, addressSpaceOf(address)]).toEqual([address, space]);
  });

  it('is known of exactly the addresses that Node takes for such', () => {
    const text = fc.oneof(
      fc.ipV4(),
      fc.ipV6(),
      fc.string({ unit: fc.constantFrom('0', '1', 'f', ':', '.', '25'), maxLength: 20 }),
    );
    fc.assert(
      fc.property(text, (address) => {
        expect(addressSpaceOf(address) !== null).toBe(isIP(address) !== 0);
      }),
      { numRuns: 5000 },
    );
  });

  it('is that of the IPv4 address inside an IPv6 one, for each', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        expect(addressSpaceOf(`::ffff:${address}`)).toBe(addressSpaceOf(address));
        expect(addressSpaceOf(`64:ff9b::${address}`)).toBe(addressSpaceOf(address));
      }),
    );
  });
});

describe('a redirect', () => {
  const from = (relayUrl: string, address: string | null = null) => ({ relayUrl, address });
  const publicRelay = from('https://relay.example', '8.8.8.8');

  it.each([
    ['another name', publicRelay, 'wss://other.example'],
    ['another path', publicRelay, 'https://relay.example/two'],
    ['another port', publicRelay, 'https://relay.example:8443/'],
    ['ws to wss', from('http://relay.example'), 'wss://relay.example'],
    ['ws to ws', from('ws://relay.example'), 'http://other.example'],
    ['a public address', publicRelay, 'wss://1.1.1.1'],
    ['private to private', from('https://nas', '192.168.0.2'), 'wss://10.0.0.1'],
    ['private to public', from('https://10.0.0.1'), 'wss://relay.example'],
    ['loopback to loopback', from('http://localhost:8765'), 'ws://127.0.0.1:9000'],
    ['loopback to private', from('http://127.0.0.1:8765'), 'ws://192.168.0.2'],
  ])('is followed: %s', (_what, origin, url) => {
    expect(redirectTarget(origin, url)).toMatchObject({ url });
  });

  it.each([
    ['wss to ws', publicRelay, 'ws://other.example'],
    ['https to http', publicRelay, 'http://other.example'],
    ['another scheme', publicRelay, 'ftp://other.example'],
    ['a script', publicRelay, 'javascript:alert(1)'],
    ['no URL', publicRelay, 'other.example'],
    ['nothing', publicRelay, ''],
    ['one too long', publicRelay, `wss://other.example/${'x'.repeat(2048)}`],
    ['credentials', publicRelay, 'wss://user:word@other.example'],
    ['a query', publicRelay, 'wss://other.example/?k=0000'],
    ['a fragment', publicRelay, 'wss://other.example/#7-guitar-ocean'],
    ['itself', publicRelay, 'wss://relay.example/'],
    ['itself, spelled otherwise', from('https://relay.example/p'), 'wss://RELAY.example:443/p/'],
    ['public to private', publicRelay, 'wss://192.168.0.1'],
    ['public to link-local', publicRelay, 'wss://169.254.169.254'],
    ['public to loopback', publicRelay, 'wss://[::1]:8765'],
    ['public to loopback by name', publicRelay, 'wss://localhost'],
    ['public to loopback in octal', publicRelay, 'wss://0177.0.0.1'],
    ['public to loopback in one number', publicRelay, 'wss://2130706433'],
    ['public to loopback, mapped', publicRelay, 'wss://[::ffff:127.0.0.1]'],
    ['public to everything here', publicRelay, 'wss://0.0.0.0'],
    ['a known name that is public after all', from('https://nas.local', '8.8.8.8'), 'wss://10.0.0.1'],
    ['a name of which nothing is known', from('https://relay.example'), 'wss://10.0.0.1'],
    ['private to loopback', from('https://10.0.0.1'), 'wss://127.0.0.1'],
    ['loopback to nowhere', from('http://127.0.0.1'), 'ws://0.0.0.0'],
    ['from nowhere known', from('http://0.0.0.0:8765'), 'ws://127.0.0.1'],
  ])('is refused: %s', (_what, origin, url) => {
    expect(redirectTarget(origin, url)).toBeNull();
  });

  it('allows of the target’s addresses those that it could have named', () => {
    const { allows } = redirectTarget(publicRelay, 'wss://other.example')!;
    expect(['1.1.1.1', '2606:4700::1'].map(allows)).toEqual([true, true]);
    expect(['10.0.0.1', '127.0.0.1', '::1', 'fe80::1', '::ffff:10.0.0.1', '0.0.0.0'].some(allows)).toBe(
      false,
    );
    const local = redirectTarget(from('http://127.0.0.1'), 'ws://other.example')!;
    expect(['127.0.0.1', '10.0.0.1', '1.1.1.1', '0.0.0.0'].map(local.allows)).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });

  it('never leads to a narrower space, whatever the two URLs are', () => {
    const order = ['public', 'private', 'loopback'];
    const address = fc.oneof(
      fc.ipV4(),
      fc.ipV6().map((ip) => `[${ip}]`),
    );
    fc.assert(
      fc.property(address, address, (a, b) => {
        const target = redirectTarget(from(`https://${a}`), `wss://${b}`);
        if (target === null) return;
        const [origin, end] = [a, b].map((host) => addressSpaceOf(new URL(`http://${host}`).hostname)!);
        expect(order.indexOf(end!)).toBeGreaterThanOrEqual(0);
        expect(order.indexOf(end!)).toBeLessThanOrEqual(Math.max(0, order.indexOf(origin!)));
      }),
      { numRuns: 3000 },
    );
  });
});
