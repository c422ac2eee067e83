// The settings of a relay, for users of the library. Self-contained, as all public types are: check-public-types.ts holds
// them to the relay's own table, apps/relay/src/settings, where each row says what it is for.

/** Settings of a relay, with the relay's defaults. `docs/RELAY-SETTINGS.md` has a table of them. */
export interface RelayOptions {
  /** Address to listen on. Default `::`: every network of this machine, by IPv6 and IPv4. */
  host?: string;
  /** Port to listen on; 0 picks a free one. Default 8765. */
  port?: number;
  /**
   * Addresses to listen on in place of `host` and `port`: `8765`, `127.0.0.1:8765`, `[::1]:8765`,
   * `unix:/run/p2p-copy/relay.sock`, or `fd:3` for a listening socket that this process was started with.
   */
  listen?: readonly string[];
  /** Addresses for metrics and administration, in the same forms. Default none. They have no TLS. */
  adminListen?: readonly string[];
  /** Who may connect to the unix sockets, as an octal file mode. Default `660`. */
  socketMode?: string;
  /** Folder of the built web app; null for none. Default: the one that comes with this package. */
  webRoot?: string | null;
  /** Certificate chain in PEM. With it the relay serves https, and takes a renewed one without a restart. */
  certFile?: string | null;
  /** Its private key in PEM. Both files or neither. */
  keyFile?: string | null;
  /**
   * Serve https with a certificate that is made for this machine and kept in this user's state folder
   * (`P2P_COPY_STATE`). Browsers ask before they go on. Not together with the two files. Http of this machine and of trusted
   * proxies is served at the same port, other http is redirected. With `if-possible`, a relay that can't keep one serves http
   * alone, and says so in its `warnings`.
   */
  selfSigned?: boolean | 'if-possible';
  /**
   * Reverse proxies in front of the relay, as IP addresses or blocks such as `10.0.0.0/8`: only their `X-Forwarded-For`
   * tells which client calls. Default none.
   */
  trustProxy?: readonly string[];
  /** Who may send: everybody (`open`, the default), or who shows an access token of `tokenFile`. */
  access?: 'open' | 'token';
  /**
   * The file that `p2p-copy relay token` keeps; read again when it changes. With `access: 'token'` by default one in this user's
   * state folder.
   */
  tokenFile?: string | null;
  /** Web origins that may connect besides the pages that the relay itself serves. */
  allowedOrigins?: readonly string[];
  /** Other origins of this relay: its pages may connect to them, and theirs to it. */
  otherNames?: readonly string[];
  /** Connections that wait, or keep a nameplate reserved, at once: in all, from one address, from one IPv6 /48. */
  maxWaiting?: number;
  maxWaitingPerAddress?: number;
  maxWaitingPerSite?: number;
  /** WebSockets at once. */
  maxConnections?: number;
  maxConnectionsPerAddress?: number;
  maxConnectionsPerSite?: number;
  /** TCP connections at once that are no WebSockets. */
  maxPageConnections?: number;
  maxPageConnectionsPerAddress?: number;
  maxPageConnectionsPerSite?: number;
  /** From a TCP connection to its first request, from one request to the next, and for an answer that isn't taken. */
  headersTimeoutMs?: number;
  keepAliveTimeoutMs?: number;
  pageStallTimeoutMs?: number;
  /** Nameplates drawn by senders in a minute, and at once after a pause. */
  drawsPerMinutePerAddress?: number;
  drawsPerMinutePerSite?: number;
  drawBurstPerAddress?: number;
  drawBurstPerSite?: number;
  /** First messages in a minute that name a nameplate, and those that name an unknown one. */
  joinsPerMinutePerAddress?: number;
  joinsPerMinutePerSite?: number;
  failedJoinsPerMinutePerAddress?: number;
  failedJoinsPerMinutePerSite?: number;
  /** Access tokens in a minute that are unknown or expired. */
  failedTokensPerMinutePerAddress?: number;
  failedTokensPerMinutePerSite?: number;
  /** Pings, pongs, close frames and empty fragments of one connection in a minute, and their bytes. */
  controlFramesPerMinute?: number;
  controlBytesPerMinute?: number;
  /** Waiting towards one end before the relay stops reading from the other. */
  pipeBufferBytes?: number;
  pipeBufferPieces?: number;
  /** Between pings; two without a sign of life end a connection. */
  pingIntervalMs?: number;
  /** How long bytes may wait for an end that takes none before it is ended. */
  stalledTimeoutMs?: number;
  /** UDP port of a STUN server, by which ends behind NATs find a path of their own; 0 picks a free one. Default none. */
  stunPort?: number | null;
  /** IP addresses where that server listens. Default `::`: every network of this machine, by IPv6 and IPv4. */
  stunHost?: readonly string[];
  /** Requests that it answers in a minute: of all addresses together, of one address, of one IPv6 /48. */
  stunPerMinute?: number;
  stunPerMinutePerAddress?: number;
  stunPerMinutePerSite?: number;
  /** Places in rooms at once, of devices that see each other: in all, from one address, from one IPv6 /48. */
  maxPlaces?: number;
  maxPlacesPerAddress?: number;
  maxPlacesPerSite?: number;
  /** Devices in one room, and rooms of one connection. */
  maxMembersPerRoom?: number;
  maxRoomsPerConnection?: number;
  /** Messages in rooms and their bytes in a minute, said and written: of one connection, one address, one IPv6 /48. */
  roomMessagesPerMinute?: number;
  roomMessagesPerMinutePerAddress?: number;
  roomMessagesPerMinutePerSite?: number;
  roomBytesPerMinute?: number;
  roomBytesPerMinutePerAddress?: number;
  roomBytesPerMinutePerSite?: number;
  /** Waiting towards one device in rooms before it is dropped. */
  roomBacklogBytes?: number;
  /** The least severe line that is logged to standard error. Default `warn`. */
  logLevel?: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
  /** How much of a client's address a log line holds: none, its /24 or /48, or all of it. Default `network`. */
  logAddresses?: 'none' | 'network' | 'full';
  /** Log lines of each kind that clients cause; more are counted, and told in one line. Default 600. */
  logLinesPerMinute?: number;
  /** Serve `/metrics` to everybody, at the address of the page too. Default false. */
  publicMetrics?: boolean;
  /** How long running pairs may go on once the relay is told to stop. Default 10,000 ms. */
  drainTimeoutMs?: number;
}
