// What a browser gives the engine, for each wire.
import type { EnginePorts } from '@p2p-copy/core';
import { browserClock } from './browser-clock.ts';
import { dialClassicBrowser, dialRelayBrowser } from './dial-relay-browser.ts';
import { loadWebZstd } from './web-zstd.ts';

export const versionTwoPorts: EnginePorts = {
  dial: dialRelayBrowser,
  clock: browserClock,
  loadZstd: loadWebZstd,
};

export const classicPorts: EnginePorts = { ...versionTwoPorts, dial: dialClassicBrowser };
