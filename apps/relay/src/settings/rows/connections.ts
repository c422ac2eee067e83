// How many connections there may be at once, and how long each may take.
import { bytes, duration, whole } from '../kinds.ts';
import { type Setting, setting } from '../setting.ts';

const connections = (byDefault: number, purpose: string): Setting<number> =>
  setting(whole('connections', 1, 1_000_000), byDefault, { purpose, isReloadable: true });

export const CONNECTIONS = {
  maxWaiting: connections(10_000, 'Waiting or reserved at once; more are refused.'),
  maxWaitingPerAddress: connections(200, 'The same for one address (IPv6: one /64).'),
  maxWaitingPerSite: connections(1_000, 'The same for one IPv6 /48.'),
  maxConnections: connections(20_000, 'WebSockets at once, in whatever state.'),
  maxConnectionsPerAddress: connections(1_000, 'The same for one address.'),
  maxConnectionsPerSite: connections(4_000, 'The same for one IPv6 /48.'),
  maxPageConnections: connections(
    1_000,
    'TCP connections beyond maxConnections, for pages and for refusals that say why.',
  ),
  maxPageConnectionsPerAddress: connections(
    256,
    'TCP connections of one address that are no WebSockets (yet): pages, handshakes, silence.',
  ),
  maxPageConnectionsPerSite: connections(512, 'The same for one IPv6 /48.'),
  headersTimeoutMs: setting(duration(1_000, 600_000), 10_000, {
    purpose: 'From a TCP connection to its first request, and for a TLS handshake.',
    // The handshake's is fixed when the server is made.
    isReloadable: false,
  }),
  keepAliveTimeoutMs: setting(duration(1_000, 600_000), 5_000, {
    purpose: 'From one request of a connection to its next.',
    isReloadable: true,
  }),
  pageStallTimeoutMs: setting(duration(1_000, 600_000), 30_000, {
    purpose: 'How long a connection may take nothing of the answer to its request.',
    isReloadable: true,
  }),
};

export const TRANSFERS = {
  controlFramesPerMinute: setting(whole('per minute', 10, 1_000_000), 240, {
    purpose: 'Pings, pongs, close frames and empty fragments of one connection.',
    isReloadable: true,
  }),
  controlBytesPerMinute: setting(bytes(256, 1_000_000_000), 16_384, {
    purpose: 'What those carry.',
    isReloadable: true,
  }),
  pipeBufferBytes: setting(bytes(1024, 64 * 1024 * 1024), 256 * 1024, {
    purpose: 'Waiting towards one end before the relay stops reading from the other.',
    isReloadable: true,
  }),
  pipeBufferPieces: setting(whole('pieces', 16, 1_000_000), 512, {
    purpose: 'The same, in messages or parts of them.',
    isReloadable: true,
  }),
  pingIntervalMs: setting(duration(1_000, 600_000), 25_000, {
    purpose: 'Between pings; two without a sign of life end it.',
    isReloadable: true,
  }),
  stalledTimeoutMs: setting(duration(1_000, 86_400_000), 1_800_000, {
    purpose: 'How long bytes may wait for an end that takes none before it is ended.',
    isReloadable: true,
  }),
};
