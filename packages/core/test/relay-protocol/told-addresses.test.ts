// What a relay, or whatever answers in its place, says of its addresses: only what has its form is taken.
import { expect, it } from 'vitest';
import { readToldAddresses, toldAddress } from '../../src/relay-protocol/told-addresses.ts';

const NOTHING = { addresses: [], listening: [], fingerprint: null, command: null };
const HEX = 'aB'.repeat(32);

it('takes secure origins and digests, each in one spelling', () => {
  expect(
    readToldAddresses({ addresses: ['https://192.168.1.2:8765'], fingerprint: HEX, command: HEX, later: 1 }),
  ).toEqual({
    addresses: ['https://192.168.1.2:8765'],
    listening: [],
    fingerprint: HEX.toUpperCase(),
    command: HEX.toLowerCase(),
  });
});

it.each([
  ['nothing', null],
  ['a text', 'https://relay.example'],
  ['addresses that are no list', { addresses: 'https://relay.example' }],
  [
    'addresses that are no secure origins',
    {
      addresses: [
        'http://relay.example',
        'https://relay.example/path',
        'https://user@relay.example',
        'javascript:alert(1)',
        '',
        7,
        null,
      ],
    },
  ],
  ['a digest that is too short', { fingerprint: HEX.slice(1), command: `${HEX}0` }],
  ['a digest that goes on behind a line break', { fingerprint: `${HEX}\n`, command: 7 }],
])('takes nothing of %s', (_what, answer) => {
  expect(readToldAddresses(answer)).toEqual(NOTHING);
});

it.each([
  ['http://localhost/p2p', 'https://copy.example', 'https://copy.example/p2p'],
  ['http://localhost/p2p/', 'https://copy.example', 'https://copy.example/p2p'],
  ['http://localhost/', 'https://copy.example', 'https://copy.example'],
  ['http://localhost/p2p', 'https://192.168.1.2:8765', 'https://192.168.1.2:8765'],
])(
  'from %s the address for others at %s is %s: a proxy’s path isn’t at the relay’s own port',
  (own, origin, address) => {
    const listening = ['https://192.168.1.2:8765'];
    const told = readToldAddresses({ addresses: ['https://copy.example', ...listening], listening });
    expect(toldAddress(told, own, origin)).toBe(address);
  },
);
