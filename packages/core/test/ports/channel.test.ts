// The contract of a channel against those that need no network.
import { webcrypto } from 'node:crypto';
import { relayRendezvous } from '../../src/relay-client/relay-rendezvous.ts';
import { channelPair } from '../link/channel-pair.ts';
import { MemoryRelay } from '../transfer/rig/memory-relay.ts';
import { realClock } from '../transfer/rig/run-pair.ts';
import { channelContract } from './channel-contract.ts';

channelContract('a channel in memory', {
  async connect() {
    const ends = channelPair();
    return { ends, cut: () => ends[0].cut(), close() {} };
  },
  boundMiB: 4,
});

channelContract('a channel through a relay in memory', {
  async connect() {
    const relay = new MemoryRelay();
    const rendezvous = relayRendezvous(relay.dial, realClock)('http://memory');
    const key = Buffer.from(webcrypto.getRandomValues(new Uint8Array(32))).toString('base64url');
    const { signal } = new AbortController();
    const ends = await Promise.all([
      rendezvous.meet(key, 'sender', signal),
      rendezvous.meet(key, 'receiver', signal),
    ]);
    return { ends, cut: () => relay.cutAll(), close() {} };
  },
  boundMiB: null,
});
