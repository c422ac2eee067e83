// What a browser gives the engine, for each wire.
import type { EnginePorts } from '@p2p-copy/core';
import { browserClock } from './browser-clock.ts';
import { dialClassicToReceive, dialClassicToSend, dialRelayBrowser } from './dial-relay-browser.ts';
import { loadWebZstd } from './web-zstd.ts';

export const versionTwoPorts: EnginePorts = {
  dial: dialRelayBrowser,
  clock: browserClock,
  loadZstd: loadWebZstd,
};

export const classicSendPorts: EnginePorts = { ...versionTwoPorts, dial: dialClassicToSend };

export const classicReceivePorts: EnginePorts = { ...versionTwoPorts, dial: dialClassicToReceive };
