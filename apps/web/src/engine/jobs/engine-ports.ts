// What a browser gives the engine.
import { type DialRelay, type EnginePorts, type PlatformPorts, relayRendezvous } from '@p2p-copy/core';
import { browserBulkCrypto } from '../platform/browser-bulk-crypto.ts';
import { browserClock } from '../platform/browser-clock.ts';
import { loadWebZstd, prepareWebZstd } from '../platform/web-zstd.ts';

/** What engines of any wire need. */
export const platform: PlatformPorts = {
  clock: browserClock,
  prepareZstd: prepareWebZstd,
  loadZstd: loadWebZstd,
};

/**
 * For our own wire, over sockets that the caller can drop.
 * @param tokenFor the access token for relays of an origin; a receiver needs none
 */
export function enginePorts(dial: DialRelay, tokenFor?: (origin: string) => string | null): EnginePorts {
  return {
    ...platform,
    bulk: browserBulkCrypto,
    rendezvousAt: relayRendezvous(dial, browserClock, tokenFor),
  };
}
