// The door of the worker's classic room: both ends of the Python tool's wire, with what a browser gives them. It is
// imported by load-classic.ts only, when a classic job starts.
import { type DialRelay, type PlatformPorts, webBulkCrypto } from '@p2p-copy/core';
import {
  type ClassicReceiveOptions,
  type ClassicSendOptions,
  receiveClassic as receiveEntries,
  sendClassic as sendEntries,
} from '@p2p-copy/core/classic';
import { dialClassicToReceive, dialClassicToSend } from './dial-classic.ts';

/** As core's `sendClassic`, over the sockets of this browser. */
export function sendClassic(platform: PlatformPorts, options: ClassicSendOptions) {
  return sendEntries(withSockets(platform, dialClassicToSend), options);
}

/** As core's `receiveClassic`, over the sockets of this browser. */
export function receiveClassic(platform: PlatformPorts, options: ClassicReceiveOptions) {
  return receiveEntries(withSockets(platform, dialClassicToReceive), options);
}

function withSockets(platform: PlatformPorts, dial: DialRelay) {
  return { ...platform, bulk: webBulkCrypto, dial };
}
