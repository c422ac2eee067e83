// What an operator tunes: one table of settings with default, unit and range, checked before anything starts.
// What the wire fixes stands in core's relay protocol instead.
import { isAddressOrBlock } from './limits/trusted-proxies.ts';
import { RelayError } from './relay-error.ts';

export type RelayConfig = {
  -readonly [Name in keyof typeof RELAY_SETTINGS]: (typeof RELAY_SETTINGS)[Name] extends Setting<infer T>
    ? T
    : never;
};

interface Setting<T> {
  default: T;
  /** What the value counts, or what kind of thing it is. */
  unit: string;
  /** What is allowed, for people. */
  allowed: string;
  accepts(value: unknown): boolean;
  purpose: string;
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
type LogLevel = (typeof LOG_LEVELS)[number];

const ACCESS = ['open', 'token'] as const;
type Access = (typeof ACCESS)[number];

export const RELAY_SETTINGS = {
  host: text('0.0.0.0', 'address', 'a host name or an IP address', 'Where to listen; 0.0.0.0 is everywhere.'),
  port: whole(8765, 'port', 0, 65_535, 'Where to listen; 0 picks a free port.'),
  webRoot: textOrNull(null, 'folder', 'a folder, or null for none', 'The built web app.'),
  maxWaiting: whole(10_000, 'connections', 1, 1_000_000, 'Waiting or reserved at once; more are refused.'),
  maxWaitingPerAddress: whole(200, 'connections', 1, 1_000_000, 'The same for one address (IPv6: one /64).'),
  maxWaitingPerSite: whole(1_000, 'connections', 1, 1_000_000, 'The same for one IPv6 /48.'),
  maxConnections: whole(20_000, 'connections', 1, 1_000_000, 'WebSockets at once, in whatever state.'),
  maxConnectionsPerAddress: whole(1_000, 'connections', 1, 1_000_000, 'The same for one address.'),
  maxConnectionsPerSite: whole(4_000, 'connections', 1, 1_000_000, 'The same for one IPv6 /48.'),
  maxPageConnections: whole(
    1_000,
    'connections',
    1,
    1_000_000,
    'TCP connections beyond maxConnections, for pages and for refusals that say why.',
  ),
  maxPageConnectionsPerAddress: whole(
    256,
    'connections',
    1,
    1_000_000,
    'TCP connections of one address that are no WebSockets (yet): pages, handshakes, silence.',
  ),
  maxPageConnectionsPerSite: whole(512, 'connections', 1, 1_000_000, 'The same for one IPv6 /48.'),
  headersTimeoutMs: whole(
    10_000,
    'ms',
    1_000,
    600_000,
    'From a TCP connection to its first request, and for a TLS handshake.',
  ),
  keepAliveTimeoutMs: whole(5_000, 'ms', 1_000, 600_000, 'From one request of a connection to its next.'),
  pageStallTimeoutMs: whole(
    30_000,
    'ms',
    1_000,
    600_000,
    'How long a connection may take nothing of the answer to its request.',
  ),
  drawsPerMinutePerAddress: whole(60, 'per minute', 1, 1_000_000, 'Nameplates that senders drew themselves.'),
  drawsPerMinutePerSite: whole(300, 'per minute', 1, 1_000_000, 'The same for one IPv6 /48.'),
  drawBurstPerAddress: whole(400, 'draws', 1, 1_000_000, 'Such draws at once, after a pause.'),
  drawBurstPerSite: whole(2_000, 'draws', 1, 1_000_000, 'The same for one IPv6 /48.'),
  joinsPerMinutePerAddress: whole(
    60,
    'per minute',
    1,
    1_000_000,
    'First messages that name a nameplate, but for its sender that comes back.',
  ),
  joinsPerMinutePerSite: whole(300, 'per minute', 1, 1_000_000, 'The same for one IPv6 /48.'),
  failedJoinsPerMinutePerAddress: whole(20, 'per minute', 1, 1_000_000, 'Those that name an unknown one.'),
  failedJoinsPerMinutePerSite: whole(100, 'per minute', 1, 1_000_000, 'The same for one IPv6 /48.'),
  failedTokensPerMinutePerAddress: whole(
    20,
    'per minute',
    1,
    1_000_000,
    'Access tokens that are unknown or expired.',
  ),
  failedTokensPerMinutePerSite: whole(100, 'per minute', 1, 1_000_000, 'The same for one IPv6 /48.'),
  controlFramesPerMinute: whole(
    240,
    'per minute',
    10,
    1_000_000,
    'Pings, pongs, close frames and empty fragments of one connection.',
  ),
  controlBytesPerMinute: whole(16_384, 'bytes', 256, 1_000_000_000, 'What those carry.'),
  pipeBufferBytes: whole(
    256 * 1024,
    'bytes',
    1024,
    64 * 1024 * 1024,
    'Waiting towards one end before the relay stops reading from the other.',
  ),
  pipeBufferPieces: whole(512, 'pieces', 16, 1_000_000, 'The same, in messages or parts of them.'),
  pingIntervalMs: whole(25_000, 'ms', 1_000, 600_000, 'Between pings; two without a sign of life end it.'),
  stalledTimeoutMs: whole(
    1_800_000,
    'ms',
    1_000,
    86_400_000,
    'How long bytes may wait for an end that takes none before it is ended.',
  ),
  tlsCertFile: textOrNull(
    null,
    'file',
    'a file, or null for none',
    'Certificate chain in PEM: with it, https.',
  ),
  tlsKeyFile: textOrNull(null, 'file', 'a file, or null for none', 'Its private key in PEM.'),
  trustProxy: proxies(
    [],
    'Reverse proxies in front of the relay, whose X-Forwarded-For tells the address of a client.',
  ),
  access: choice<Access>('open', ACCESS, 'Who may send: everybody, or whoever has an access token.'),
  tokenFile: textOrNull(
    null,
    'file',
    'a file, or null for none',
    'Access tokens, as p2p-copy relay token makes them; read again when it changes.',
  ),
  allowedOrigins: origins([], 'Web origins that may connect besides the pages that the relay itself serves.'),
  otherNames: origins(
    [],
    'Other origins of this relay: its pages may connect to them, and theirs to it, as redirects ask for.',
  ),
  logLevel: choice<LogLevel>('warn', LOG_LEVELS, 'The least severe line that is logged.'),
};

export const DEFAULT_RELAY_CONFIG: Readonly<RelayConfig> = Object.freeze(
  Object.fromEntries(Object.entries(RELAY_SETTINGS).map(([name, setting]) => [name, setting.default])),
) as Readonly<RelayConfig>;

/**
 * Fills in defaults and checks every setting, and those that only go together.
 * @throws RelayError `invalid-config`, naming the setting, what it was and what is allowed
 */
export function parseRelayConfig(given: Partial<RelayConfig>): RelayConfig {
  const config: Record<string, unknown> = { ...DEFAULT_RELAY_CONFIG };
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    const setting = Object.hasOwn(RELAY_SETTINGS, name) ? RELAY_SETTINGS[name as keyof RelayConfig] : null;
    if (setting === null) {
      throw new RelayError('invalid-config', `The relay has no setting called ${JSON.stringify(name)}.`);
    }
    if (!setting.accepts(value)) {
      const shown = JSON.stringify(value) ?? String(value);
      throw new RelayError(
        'invalid-config',
        `Relay setting ${name} is ${shown}; allowed: ${setting.allowed}.`,
      );
    }
    config[name] = value;
  }
  return expectWhole(config as RelayConfig);
}

function expectWhole(config: RelayConfig): RelayConfig {
  if (config.access === 'token' && config.tokenFile === null) {
    throw new RelayError(
      'invalid-config',
      'Access is for holders of a token, but there is no file of tokens. Give a token file, or open the access.',
    );
  }
  if ((config.tlsCertFile === null) === (config.tlsKeyFile === null)) return config;
  const [given, missing] = config.tlsKeyFile === null ? ['certificate', 'key'] : ['key', 'certificate'];
  throw new RelayError(
    'invalid-config',
    `There is a ${given} file for TLS, but no ${missing} file. Give both, or neither for a relay without TLS.`,
  );
}

function whole(byDefault: number, unit: string, min: number, max: number, purpose: string): Setting<number> {
  return {
    default: byDefault,
    unit,
    allowed: `a whole number from ${min} to ${max} (${unit})`,
    accepts: (value) => Number.isInteger(value) && (value as number) >= min && (value as number) <= max,
    purpose,
  };
}

function text(byDefault: string, unit: string, allowed: string, purpose: string): Setting<string> {
  return { default: byDefault, unit, allowed, accepts: isFilledText, purpose };
}

function textOrNull(byDefault: null, unit: string, allowed: string, purpose: string): Setting<string | null> {
  const accepts = (value: unknown) => value === null || isFilledText(value);
  return { default: byDefault, unit, allowed, accepts, purpose };
}

function choice<T extends string>(byDefault: T, choices: readonly T[], purpose: string): Setting<T> {
  const accepts = (value: unknown) => (choices as readonly unknown[]).includes(value);
  return { default: byDefault, unit: 'choice', allowed: choices.join(', '), accepts, purpose };
}

function origins(byDefault: string[], purpose: string): Setting<readonly string[]> {
  return {
    default: byDefault,
    unit: 'origins',
    allowed: 'a list of origins such as https://copy.example.org, without a path',
    accepts: (value) => Array.isArray(value) && value.every(isOrigin),
    purpose,
  };
}

function proxies(byDefault: string[], purpose: string): Setting<readonly string[]> {
  return {
    default: byDefault,
    unit: 'addresses',
    allowed: 'a list of IP addresses, or blocks of them such as 10.0.0.0/8',
    accepts: (value) =>
      Array.isArray(value) && value.every((each) => typeof each === 'string' && isAddressOrBlock(each)),
    purpose,
  };
}

function isFilledText(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '';
}

function isOrigin(value: unknown): boolean {
  if (typeof value !== 'string' || !URL.canParse(value)) return false;
  const url = new URL(value);
  return (url.protocol === 'http:' || url.protocol === 'https:') && url.origin === value;
}
