// Which direct ways an end has by its person's choice of paths, and what it says of them in its greeting.
import { expect, it } from 'vitest';
import { directWays } from '../../src/transfer/session.ts';
import { MemoryNetwork } from '../direct/memory-network.ts';
import { MemoryRtc } from '../direct/memory-rtc.ts';
import { MemoryRelay } from './rig/memory-relay.ts';
import { relayPorts } from './rig/run-pair.ts';

const network = new MemoryNetwork().at(null);
const rtc = new MemoryRtc().network();
const ports = relayPorts(new MemoryRelay().dial);
const terminal = { ...ports, direct: network, quic: network, rtc };

it.each([
  ['auto', terminal, ['direct', 'quic', 'webrtc'], false],
  ['direct', terminal, ['direct', 'quic', 'webrtc'], true],
  ['tcp', terminal, ['direct'], true],
  ['quic', terminal, ['direct', 'quic'], true],
  ['auto', { ...ports, direct: network }, ['direct'], false],
  ['auto', { ...ports, rtc }, ['webrtc'], false],
] as const)(
  'an end that takes “%s” says what it can do, and no other kind',
  (choice, given, features, only) => {
    const ways = directWays(given, 'sender', choice)!;
    expect([ways.features, ways.isOwnOnly]).toEqual([features, only]);
  },
);

it('an end that takes the relay alone, or knows nothing else, has no direct ways', () => {
  expect(directWays(terminal, 'sender', 'relay')).toBeNull();
  expect(directWays(ports, 'sender', 'auto')).toBeNull();
  expect(() => directWays({ ...ports, direct: network, rtc }, 'sender', 'quic')).toThrow(
    expect.objectContaining({ code: 'no-quic' }),
  );
});
