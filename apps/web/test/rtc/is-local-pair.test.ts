// “Directly, in your network” is a claim about two addresses that a browser may hide.
import { expect, test } from 'vitest';
import { isLocalPair, isToldWithin } from '../../src/rtc/is-local-pair.ts';

test.each([
  // Chromium hides what a `.local` name stood for, and Firefox gives the name.
  ['host', 'host', '', true],
  ['host', 'host', '1bbe6a9e-9869-494d-98aa-4fec42428ec9.local', true],
  ['host', 'prflx', '', true],
  ['host', 'prflx', '(redacted)', true],
  ['host', 'srflx', '(redacted)', false],
  ['host', 'host', '192.168.1.7', true],
  ['host', 'prflx', '10.1.2.3', true],
  ['host', 'prflx', 'fd00::2', true],
  ['host', 'prflx', '100.64.0.1', true],
  ['host', 'host', '203.0.113.7', false],
  ['host', 'host', '2001:db8::7', false],
  ['host', 'host', '172.32.0.1', false],
  ['host', 'srflx', '203.0.113.7', false],
  // Someone else's NAT may have a private address too.
  ['host', 'srflx', '10.1.2.3', false],
  ['srflx', 'host', '192.168.1.7', false],
  ['prflx', 'prflx', '192.168.1.7', false],
  ['relay', 'host', '', false],
])('a pair of %s and %s at “%s” is within one network: %s', (local, remote, address, isLocal) => {
  expect(isLocalPair({ candidateType: local }, { candidateType: remote, address }, true)).toBe(isLocal);
});

test('an end that came from a hidden address is within the network only if it was told of no address outside', () => {
  const [local, remote] = [{ candidateType: 'host' }, { candidateType: 'prflx', address: '' }];
  expect(isLocalPair(local, remote, true)).toBe(true);
  expect(isLocalPair(local, remote, false)).toBe(false);
});

test('what the other end was told leads into the network alone where every candidate is private or a name', () => {
  const line = (host: string, type: string) =>
    `a=candidate:1 1 udp 2113937151 ${host} 41479 typ ${type} generation 0\r\n`;
  const hidden = line('58995ed9-f960-4622-b0e8-45ecab45e807.local', 'host');
  expect(isToldWithin(hidden + line('192.168.1.7', 'host'))).toBe(true);
  expect(isToldWithin(hidden + line('2001:db8::7', 'host'))).toBe(false);
  expect(isToldWithin(hidden + line('203.0.113.7', 'srflx'))).toBe(false);
});
