// A session description is made of its parts, and read back: what two browsers and a terminal say of themselves.
import { describe, expect, it } from 'vitest';
import { readSessionDescription, sessionDescription } from '../../src/direct/session-description.ts';
import type { RtcDescription } from '../../src/ports/rtc-network.ts';

const OWN: RtcDescription = {
  ufrag: 'abcd',
  password: 'p'.repeat(22),
  fingerprint: Uint8Array.from({ length: 32 }, (_, index) => index),
  candidates: [
    { host: '7f1e9c2a-0b3d-4c5e-8f6a-112233445566.local', port: 5000, type: 'host' },
    { host: '2001:db8::1', port: 5001, type: 'host' },
    { host: '203.0.113.7', port: 5002, type: 'srflx' },
  ],
};

it.each(['offer', 'answer'] as const)('an %s that is made is read back', (kind) => {
  expect(readSessionDescription(sessionDescription(OWN, kind))).toEqual(OWN);
});

it('the end that answers is the client of DTLS', () => {
  expect(sessionDescription(OWN, 'offer')).toContain('a=setup:actpass\r\n');
  expect(sessionDescription(OWN, 'answer')).toContain('a=setup:active\r\n');
});

it('candidates on the device’s networks come before those that a server saw, each in the order told', () => {
  const priorities = sessionDescription(OWN, 'offer')
    .match(/UDP \d+/g)!
    .map((text) => Number(text.slice(4)));
  expect(priorities).toEqual([...priorities].sort((a, b) => b - a));
  expect(new Set(priorities).size).toBe(3);
  expect(Math.max(...priorities)).toBeLessThan(2 ** 31);
});

describe('what a platform says of itself', () => {
  const LINES = sessionDescription({ ...OWN, candidates: [] }, 'offer');
  const read = (...lines: string[]) => readSessionDescription(`${LINES}${lines.join('\n')}`).candidates;

  it('is read as Chromium, Firefox and libdatachannel write it', () => {
    expect(
      read(
        'a=candidate:3498 1 udp 2113937151 7F1E9C2A-0b3d-4c5e-8f6a-112233445566.local 50001 typ host generation 0 network-cost 999',
        'a=candidate:0 1 UDP 2122187007 10.0.0.1 50002 typ host',
        'a=candidate:2 1 UDP 1677721855 203.0.113.7 50003 typ srflx raddr 0.0.0.0 rport 0',
      ),
    ).toEqual([
      { host: '7f1e9c2a-0b3d-4c5e-8f6a-112233445566.local', port: 50001, type: 'host' },
      { host: '10.0.0.1', port: 50002, type: 'host' },
      { host: '203.0.113.7', port: 50003, type: 'srflx' },
    ]);
  });

  it('names no candidates over TCP, of RTCP or of a relay', () => {
    expect(
      read(
        'a=candidate:1 1 tcp 1518280447 10.0.0.1 9 typ host tcptype active',
        'a=candidate:1 2 udp 2113937150 10.0.0.1 50001 typ host',
        'a=candidate:1 1 udp 33562367 198.51.100.1 50001 typ relay raddr 0.0.0.0 rport 0',
      ),
    ).toEqual([]);
  });

  it('fails without its ICE credentials or its fingerprint', () => {
    for (const part of ['ice-ufrag', 'ice-pwd', 'fingerprint'])
      expect(() => readSessionDescription(LINES.replace(part, 'x'))).toThrow(part);
  });
});
