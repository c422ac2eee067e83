// What a browser gives the engine.
import {
  type DialRelay,
  type EnginePorts,
  type PlatformPorts,
  type RtcNetwork,
  relayRendezvous,
} from '@p2p-copy/core';
import type { JobPaths } from '../../contract/messages.ts';
import type { RtcWanted } from '../../contract/rtc-messages.ts';
import { browserBulkCrypto } from '../platform/browser-bulk-crypto.ts';
import { browserClock } from '../platform/browser-clock.ts';
import { loadWebZstd, prepareWebZstd } from '../platform/web-zstd.ts';
import { pageRtcNetwork } from '../rtc/page-rtc-network.ts';

/** What engines of any wire need. */
export const platform: PlatformPorts = {
  clock: browserClock,
  prepareZstd: prepareWebZstd,
  loadZstd: loadWebZstd,
};

/**
 * For our own wire, over sockets that the caller can drop.
 * @param rtc null where the page makes no connections of WebRTC
 * @param tokenFor the access token for relays of an origin; a receiver needs none
 */
export function enginePorts(
  dial: DialRelay,
  rtc: RtcNetwork | null,
  tokenFor?: (origin: string) => string | null,
): EnginePorts {
  return {
    ...platform,
    bulk: browserBulkCrypto,
    rendezvousAt: relayRendezvous(dial, browserClock, tokenFor),
    ...(rtc !== null && { rtc }),
  };
}

/** WebRTC of a job's page, which makes the connections. @param port of the job */
export function rtcOf({ hasRtc }: JobPaths, port: MessagePort): RtcNetwork | null {
  if (!hasRtc) return null;
  return pageRtcNetwork((wanted) => {
    port.postMessage({ type: 'rtc', port: wanted } satisfies RtcWanted, [wanted]);
  });
}
