// Port: one WebSocket connection to a relay. Before `ready` it carries text, afterwards sealed binary messages.

/** What `receive` gives. `closed` is given once and for ever. */
export type SocketEvent =
  | { kind: 'text'; text: string }
  | { kind: 'binary'; bytes: Uint8Array<ArrayBuffer> }
  /** `allWritten`: what was sent before has been handed to the network. */
  | { kind: 'closed'; code: number; reason: string; allWritten: boolean };

/** Ordered messages to and from whoever is at the other side of a WebSocket. */
export interface RelaySocket {
  /** Queues a message. A binary message's buffer belongs to the socket from here on. No-op once closed. */
  send(message: string | Uint8Array<ArrayBuffer>): void;
  /** Bytes queued and not yet handed to the network; 0 once closed, so that nobody waits for them. */
  readonly bufferedBytes: number;
  /** Resolves when at most `bytes` are queued, or the socket is closed. */
  drained(bytes: number): Promise<void>;
  /** The next message in order; an implementation that can stops reading while many wait to be received. */
  receive(): Promise<SocketEvent>;
  /** Closes after what is queued has been sent. */
  close(): void;
  /** Closes at once. */
  terminate(): void;
  /** IP address of the relay; absent where it isn't known, as in browsers and behind a proxy. */
  readonly address?: string;
}

/** What a connection is for. */
export interface DialOptions {
  /** Routing hash of the pairing key, for the URL: 4 hex digits. */
  route?: string;
  /** Path of the endpoint below the relay's URL, such as `/rooms`; that of pairing by default. */
  path?: string;
  /**
   * Whether that IP address may be connected to. A platform that resolves names itself asks it for every address of the
   * relay's name; one that doesn't (a browser) can't.
   */
  allows?(address: string): boolean;
}

/**
 * Opens a socket to a relay. The URL is http(s): or ws(s): without the path of the endpoint.
 * @throws TransferError `relay-unreachable`, `not-a-relay` (an HTTP answer that isn't an upgrade), `redirect-refused`
 * (the name has an address that isn't allowed), `origin-refused` (the relay takes no web pages of that address),
 * `relay-limit-network` (the relay blocks this network)
 */
export type DialRelay = (
  relayUrl: string,
  signal: AbortSignal,
  options?: DialOptions,
) => Promise<RelaySocket>;
