// What a browser gives the engine, for each wire.
import { type EnginePorts, webBulkCrypto } from '@p2p-copy/core';
import { browserBulkCrypto } from './browser-bulk-crypto.ts';
import { browserClock } from './browser-clock.ts';
import { dialClassicToReceive, dialClassicToSend, dialRelayBrowser } from './dial-relay-browser.ts';
import { loadWebZstd } from './web-zstd.ts';

export const versionTwoPorts: EnginePorts = {
  dial: dialRelayBrowser,
  clock: browserClock,
  loadZstd: loadWebZstd,
  bulk: browserBulkCrypto,
};

const classicPorts: EnginePorts = { ...versionTwoPorts, bulk: webBulkCrypto };

export const classicSendPorts: EnginePorts = { ...classicPorts, dial: dialClassicToSend };

export const classicReceivePorts: EnginePorts = { ...classicPorts, dial: dialClassicToReceive };
