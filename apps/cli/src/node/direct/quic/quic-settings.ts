// What a QUIC endpoint is told: a key of its own, and bounds on what the other end may send unread.
import { generateKeyPairSync } from 'node:crypto';
import { MAX_QUIC_WINDOW_BYTES } from '@p2p-copy/core';
import type { QuinnSettings } from './quinn-addon.ts';

/** Milliseconds without a packet after which a connection is lost, and the longest handshake. Lanes notice silence earlier. */
const IDLE_MS = 5_000;
/** A connection may stand for longer than that before it is a lane's turn to take it. */
const KEEP_ALIVE_MS = 2_000;
/** Milliseconds that a socket stays open at most once it is closed, so that the other end hears of it. */
const SHUTDOWN_MS = 1_000;
const SOCKET_BUFFER_BYTES = 4 * 1024 * 1024;
/** Fields 1 (type: 1, Ed25519) and 2 (64 bytes) of libp2p's protobuf of a private key. */
const KEY_HEADER = [0x08, 0x01, 0x12, 0x40];

/** Settings with a fresh key, which identifies nobody. @param streams that the other end may open */
export function quicSettings(streams: 0 | 1): QuinnSettings {
  return {
    privateKeyProto: freshKey(),
    handshakeTimeout: IDLE_MS,
    shutdownTimeout: SHUTDOWN_MS,
    maxIdleTimeout: IDLE_MS,
    keepAliveInterval: KEEP_ALIVE_MS,
    maxConcurrentStreamLimit: streams,
    maxStreamData: MAX_QUIC_WINDOW_BYTES,
    maxConnectionData: MAX_QUIC_WINDOW_BYTES,
    receiveBufferSize: SOCKET_BUFFER_BYTES,
    sendBufferSize: SOCKET_BUFFER_BYTES,
  };
}

function freshKey(): Uint8Array {
  const { d, x } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  return Buffer.concat([Buffer.from(KEY_HEADER), Buffer.from(d!, 'base64url'), Buffer.from(x!, 'base64url')]);
}
