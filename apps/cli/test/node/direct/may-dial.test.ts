// Which addresses that the other end names are dialled, and which of its own a device tells.
import { describe, expect, it } from 'vitest';
import { mayDial } from '../../../src/node/direct/may-dial.ts';
import { isOnLink, type OwnAddress, toldHosts } from '../../../src/node/direct/own-addresses.ts';

const OWN: OwnAddress[] = [
  { host: '192.168.1.20', prefixLength: 24 },
  { host: '100.64.3.9', prefixLength: 10 },
  { host: '203.0.113.7', prefixLength: 28 },
  { host: '10.9.9.9', prefixLength: 32 },
  { host: 'fe80::aaaa', prefixLength: 64 },
  { host: 'fd12:3456::20', prefixLength: 64 },
  { host: '2a00:1450:4001::20', prefixLength: 64 },
];

const REFUSED: [kind: string, hosts: string[]][] = [
  ['loopback', ['127.0.0.1', '127.255.255.254', '::1']],
  ['unspecified', ['0.0.0.0', '0.1.2.3', '::']],
  ['link-local', ['169.254.1.1', '169.254.169.254', 'fe80::1', 'febf::1']],
  ['multicast', ['224.0.0.1', '239.255.255.250', 'ff02::1', 'ff0e::1']],
  [
    'broadcast',
    ['255.255.255.255', '192.168.1.255', '192.168.1.0', '203.0.113.15', '203.0.113.0', '100.127.255.255'],
  ],
  [
    'own',
    [
      '192.168.1.20',
      '203.0.113.7',
      '10.9.9.9',
      '2a00:1450:4001::20',
      '2A00:1450:4001:0:0:0:0:20',
      'fd12:3456::20',
    ],
  ],
  [
    'IPv4 in IPv6',
    [
      '::ffff:192.168.1.1',
      '::ffff:8.8.8.8',
      '::ffff:808:808',
      '::8.8.8.8',
      '::7f00:1',
      '::808:808',
      '::ffff:0:8.8.8.8',
    ],
  ],
  [
    'tunnelled',
    [
      '2002:808:808::1',
      '2001::1',
      '2001:0:4136::1',
      '64:ff9b::8.8.8.8',
      '64:ff9b:1::1',
      '2a00::5efe:8.8.8.8',
      '2a00::200:5efe:808:808',
    ],
  ],
  ['not allocated', ['1::1', '4000::1', 'e000::1', '::2', 'fec0::1', '100::1', '5f00::1']],
  [
    'private, of another network',
    ['192.168.2.1', '10.9.9.8', '172.16.0.1', '100.128.0.1'].slice(0, 3).concat(['fd12:3457::1', 'fc00::1']),
  ],
  ['reserved, of another network', ['198.18.0.1', '240.0.0.1', '192.0.2.1', '2001:db8::1', '3fff::1']],
  [
    'octal, hexadecimal or short',
    [
      '0300.0250.1.1',
      '192.168.1.010',
      '0xc0.0xa8.1.1',
      '0xc0a80101',
      '3232235777',
      '192.168.257',
      '10.1',
      '8',
      '08.8.8.8',
    ],
  ],
  ['with a zone', ['fe80::1%eth0', '2a00::1%eth0', 'fd12:3456::1%1', '8.8.8.8%eth0']],
  [
    'no address',
    [
      'localhost',
      'example.org',
      '',
      '[::1]',
      '8.8.8.8:80',
      '8.8.8.8/8',
      ' 8.8.8.8',
      '1.2.3.4.5',
      ':::',
      '256.1.1.1',
    ],
  ],
];

describe('a device doesn’t dial', () => {
  it.each(REFUSED)('an address that is %s', (_kind, hosts) => {
    for (const host of hosts) expect(mayDial({ host, port: 5000 }, OWN), host).toBe(false);
  });

  it.each([0, 1, 22, 25, 80, 443, 1023, 65_536, -1])('port %i', (port) => {
    expect(mayDial({ host: '8.8.8.8', port }, OWN)).toBe(false);
  });

  it('an address of a family that it has no address of, unless the system tells it none at all', () => {
    const [v4, v6] = [
      OWN.filter(({ host }) => !host.includes(':')),
      OWN.filter(({ host }) => host.includes(':')),
    ];
    const [a, b] = [
      { host: '8.8.8.8', port: 5000 },
      { host: '2606:4700::1111', port: 5000 },
    ];
    const link = { host: 'fe80::1', prefixLength: 64 };
    expect([v4, [...v4, link], v6, []].map((own) => [mayDial(a, own), mayDial(b, own)])).toEqual([
      [true, false],
      [true, false],
      [false, true],
      [true, true],
    ]);
  });

  it('a private address where it has none itself, or one without a network', () => {
    for (const own of [
      [],
      [{ host: '192.168.1.20', prefixLength: 32 }],
      [{ host: '192.168.1.20', prefixLength: 0 }],
    ])
      expect(mayDial({ host: '192.168.1.1', port: 5000 }, own)).toBe(false);
  });
});

describe('a device dials', () => {
  it.each([
    ['a global address', ['8.8.8.8', '93.184.216.34', '2606:4700::1111', '2A00:1450::1']],
    ['a private one of its own network', ['192.168.1.1', '192.168.1.254', 'fd12:3456::1', '100.65.1.1']],
    ['a reserved one of its own network', ['203.0.113.1']],
    // What is a broadcast address in one network is an ordinary one elsewhere.
    ['a global one that ends in 255 or 0', ['8.8.8.255', '8.8.8.0']],
  ])('%s', (_kind, hosts) => {
    for (const host of hosts) expect(mayDial({ host, port: 5000 }, OWN), host).toBe(true);
  });

  it.each([1024, 5000, 65_535])('port %i', (port) => {
    expect(mayDial({ host: '8.8.8.8', port }, OWN)).toBe(true);
  });
});

it('told are global addresses of IPv6, then of IPv4, then those of a network; never a link’s or a tunnel’s', () => {
  const own = [
    ...OWN,
    { host: '8.8.4.4', prefixLength: 24 },
    { host: '127.0.0.1', prefixLength: 8 },
    { host: '169.254.3.3', prefixLength: 16 },
    { host: '2002:808:808::1', prefixLength: 48 },
  ];
  expect(toldHosts(own)).toEqual([
    '2a00:1450:4001::20',
    '8.8.4.4',
    '192.168.1.20',
    '10.9.9.9',
    '100.64.3.9',
    'fd12:3456::20',
    '203.0.113.7',
  ]);
});

it('of a network with a temporary address for each day two are told, so that those of other networks are dialled too', () => {
  const temporary = Array.from({ length: 20 }, (_, day) => ({
    host: `2a00:1450:4001::${day + 1}:9`,
    prefixLength: day % 2 === 0 ? 64 : 128,
  }));
  const own = [...temporary, { host: '2a00:1450:4002::1', prefixLength: 64 }, ...OWN.slice(0, 1)];
  expect(toldHosts(own)).toEqual([
    '2a00:1450:4001::1:9',
    '2a00:1450:4001::2:9',
    '2a00:1450:4002::1',
    '192.168.1.20',
  ]);
});

it('an address is on a device’s network by its prefix, IPv4 written as IPv6 too', () => {
  expect(['192.168.1.1', '::ffff:192.168.1.1', 'fd12:3456::9'].map((host) => isOnLink(host, OWN))).toEqual([
    true,
    true,
    true,
  ]);
  expect(['192.168.2.1', '8.8.8.8', '10.9.9.9', 'fd12::1'].map((host) => isOnLink(host, OWN))).toEqual([
    false,
    false,
    false,
    false,
  ]);
});
