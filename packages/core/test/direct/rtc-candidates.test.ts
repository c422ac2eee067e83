// Which candidates the other end is told: of a device that has many, and of kinds that are of no use to others.
import { expect, it } from 'vitest';
import { toldCandidates } from '../../src/direct/rtc-candidates.ts';
import type { RtcCandidate } from '../../src/ports/rtc-network.ts';
import { MAX_RTC_CANDIDATES } from '../../src/wire/limits.ts';

const host = (name: string, port = 5000): RtcCandidate => ({ host: name, port, type: 'host' });
const seen = (name: string, port = 5000): RtcCandidate => ({ host: name, port, type: 'srflx' });

it('are those at which others can reach this device', () => {
  const own = [
    host('7f1e9c2a-0b3d-4c5e-8f6a-112233445566.local'),
    host('192.168.1.2'),
    host('fd00::2'),
    host('2001:db8::2'),
    host('2a00::2'),
    seen('203.0.113.7'),
  ];
  expect(toldCandidates(own)).toEqual(own);
});

it('are none on this device alone or on a link, and none below port 1024', () => {
  expect(
    toldCandidates([
      host('127.0.0.1'),
      host('::1'),
      host('169.254.1.1'),
      host('fe80::1'),
      host('fe80::1%eth0'),
      host('192.168.1.2', 80),
      host('a-device.local'),
    ]),
  ).toEqual([]);
});

it('are each told once, and eight in all, of which what servers saw are up to four', () => {
  const many = Array.from({ length: 50 }, (_, i) => host(`10.0.0.${i + 1}`));
  const told = toldCandidates([...many, ...many, seen('203.0.113.7'), seen('203.0.113.7')]);
  expect(told).toEqual([...many.slice(0, MAX_RTC_CANDIDATES - 1), seen('203.0.113.7')]);
  const servers = Array.from({ length: 50 }, (_, i) => seen(`203.0.113.${i + 1}`));
  expect(toldCandidates([...servers, ...many])).toEqual([...many.slice(0, 4), ...servers.slice(0, 4)]);
});
