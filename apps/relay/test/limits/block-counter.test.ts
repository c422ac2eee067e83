// A cap for each address, and one for each IPv6 /48, of which either may be hit first.
import { expect, it } from 'vitest';
import { addressBlock } from '../../src/limits/address-block.ts';
import { BlockCounter } from '../../src/limits/block-counter.ts';

it('has room until an address or its site is full, and again when one leaves', () => {
  const counter = new BlockCounter(() => ({ perAddress: 2, perSite: 3 }));
  const [a, b, other] = ['2001:db8:1:1::1', '2001:db8:1:2::1', '2001:db8:2:1::1'].map(addressBlock) as [
    string,
    string,
    string,
  ];
  counter.enter(a);
  counter.enter(a);
  expect([a, b, other].map((each) => counter.hasRoom(each))).toEqual([false, true, true]);
  counter.enter(b);
  expect([a, b, other].map((each) => counter.hasRoom(each))).toEqual([false, false, true]);
  counter.leave(a);
  expect([a, b, other].map((each) => counter.hasRoom(each))).toEqual([true, true, true]);
  for (const each of [a, b]) counter.leave(each);
  counter.enter(b);
  counter.enter(b);
  expect([a, b].map((each) => counter.hasRoom(each))).toEqual([true, false]);
});

it('knows no site of an IPv4 address', () => {
  const counter = new BlockCounter(() => ({ perAddress: 2, perSite: 1 }));
  counter.enter('192.0.2.1');
  expect(counter.hasRoom('192.0.2.1')).toBe(true);
  counter.enter('192.0.2.1');
  expect([counter.hasRoom('192.0.2.1'), counter.hasRoom('192.0.2.2')]).toEqual([false, true]);
});
