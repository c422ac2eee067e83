// The QUIC library Quinn, as a prebuilt addon that may be missing: nothing of it is loaded before a transfer takes QUIC.
import { createRequire } from 'node:module';
import { isMainThread } from 'node:worker_threads';
import { expectFree } from '../../disk/expect-free.ts';

const PACKAGE = '@chainsafe/libp2p-quic';
/** By platform and architecture; the first that can be loaded is taken. */
const SYSTEMS: { readonly [platform: string]: readonly string[] } = {
  'darwin arm64': ['darwin-arm64'],
  'darwin x64': ['darwin-x64'],
  'linux arm64': ['linux-arm64-gnu', 'linux-arm64-musl'],
  'linux x64': ['linux-x64-gnu', 'linux-x64-musl'],
  'win32 x64': ['win32-x64-msvc'],
};

/** Settings of both roles; the addon needs every field. */
export interface QuinnSettings {
  /** An Ed25519 key as protobuf of libp2p. */
  privateKeyProto: Uint8Array;
  handshakeTimeout: number;
  /** Milliseconds that `abort` of a server waits at most for its connections. */
  shutdownTimeout: number;
  /** Milliseconds without a packet after which a connection is lost. */
  maxIdleTimeout: number;
  /** Milliseconds without a packet after which one is sent. */
  keepAliveInterval: number;
  /** Streams that the other end may open. */
  maxConcurrentStreamLimit: number;
  /** Bytes of a stream that may wait to be read. */
  maxStreamData: number;
  /** Bytes of all streams that may wait to be read. */
  maxConnectionData: number;
  receiveBufferSize: number;
  sendBufferSize: number;
}

/** A bidirectional stream. All promises reject once its connection is lost. */
export interface QuinnStream {
  /** At most `maxBytes`; null at the end of the stream. */
  read(maxBytes: number): Promise<Uint8Array<ArrayBuffer> | null>;
  /** Resolves when all of it is in the buffer for sending. One call at a time. */
  write(bytes: Uint8Array): Promise<void>;
}

/** A connection whose TLS handshake is through. */
export interface QuinnConnection {
  inboundStream(): Promise<QuinnStream>;
  outboundStream(): Promise<QuinnStream>;
  /** Closes at once, and says so to the other end. */
  abort(): void;
  /** Resolves when it is closed or lost. */
  closed(): Promise<void>;
  /** Such as `/ip4/192.0.2.1/udp/1024/quic-v1/p2p/…`. */
  remoteMultiaddr(): string;
}

/** A socket on which connections are accepted. */
export interface QuinnServer {
  port(): number;
  /** The next connection, once its handshake is through; rejects where that fails, and when the server is closed. */
  inboundConnection(): Promise<QuinnConnection>;
  /** Closes the socket and all its connections. */
  abort(): Promise<void>;
}

/** A socket of one family from which connections are opened. */
export interface QuinnClient {
  outboundConnection(host: string, port: number): Promise<QuinnConnection>;
  /** Closes all its connections. */
  abort(): void;
}

/** What the addon exports, as far as it is used. */
export interface Quinn {
  QuinnConfig: new (settings: QuinnSettings) => object;
  /** @throws Error where the socket can't be opened */
  Server: new (
    config: object,
    host: string,
    port: number,
  ) => QuinnServer;
  /** `family`: 0 for IPv4, 1 for IPv6. @throws Error where the socket can't be opened */
  Client: new (
    config: object,
    family: 0 | 1,
  ) => QuinnClient;
}

const require = createRequire(import.meta.url);
/** Descriptors that the addon opens as it is loaded, and some more: where it gets none, it ends the process. */
const DESCRIPTORS = 8;
let loaded: Quinn | null = null;

/** Whether the addon is installed for this system. It is not loaded for that. */
export function isQuinnInstalled(): boolean {
  // It belongs to one thread of a process: its memory is freed by way of the thread that loaded it first.
  return isMainThread && packages().some((name) => isResolved(name));
}

/** @throws Error where it isn't installed, or can't be loaded */
export function loadQuinn(): Quinn {
  loaded ??= load();
  return loaded;
}

function load(): Quinn {
  expectFree(DESCRIPTORS);
  let failure: unknown = new Error('QUIC is not installed');
  for (const name of isMainThread ? packages() : []) {
    try {
      return require(name) as Quinn;
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

function packages(): string[] {
  const names = SYSTEMS[`${process.platform} ${process.arch}`] ?? [];
  return names.map((name) => `${PACKAGE}-${name}`);
}

function isResolved(name: string): boolean {
  try {
    require.resolve(name);
    return true;
  } catch {
    return false;
  }
}
