// Which proxy the environment names for a URL: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY, in either case of letters.
import { quoted } from '../../../wording/show-text.ts';
import { decodedLogin } from './login.ts';
import { isExempt } from './no-proxy.ts';
import { ProxyError } from './proxy-error.ts';

type ProxyKind = 'http' | 'https' | 'socks4' | 'socks4a' | 'socks5' | 'socks5h';

export interface ForwardProxy {
  kind: ProxyKind;
  /** Name or IP address, that of IPv6 without brackets. */
  host: string;
  port: number;
  /** Both empty where none are given. */
  username: string;
  password: string;
  /** Name of the variable that names it. */
  variable: string;
}

/** Scheme and port where the variable says none. */
const PORTS: Record<ProxyKind, number> = {
  http: 80,
  https: 443,
  socks4: 1080,
  socks4a: 1080,
  socks5: 1080,
  socks5h: 1080,
};

/**
 * The proxy by which a URL is reached; null where it is reached directly.
 * @param url http(s) or ws(s)
 * @throws ProxyError for a variable that names no proxy
 */
export function proxyOf(url: URL, environment: NodeJS.ProcessEnv = process.env): ForwardProxy | null {
  const isSecure = /^(https|wss):$/.test(url.protocol);
  const set =
    settingOf(environment, isSecure ? 'https_proxy' : 'http_proxy') ?? settingOf(environment, 'all_proxy');
  if (set === null) return null;
  const except = settingOf(environment, 'no_proxy')?.value ?? '';
  return isExempt(except, hostOf(url), portOf(url)) ? null : parseProxy(set);
}

/** Names of the variables that name proxies. */
export function namedProxies(environment: NodeJS.ProcessEnv): string[] {
  const found = ['https_proxy', 'http_proxy', 'all_proxy'].map((name) => settingOf(environment, name));
  return found.flatMap((each) => each?.variable ?? []);
}

/** The name or address in a URL, that of IPv6 without brackets. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}

/** The port in a URL, or that of its scheme. */
export function portOf({ port, protocol }: URL): number {
  return port === '' ? (/^(https|wss):$/.test(protocol) ? 443 : 80) : Number(port);
}

/** A proxy as it may be shown: without user name and password. */
export function shownProxy({ kind, host, port, variable }: ForwardProxy): string {
  return `${quoted(`${kind}://${host.includes(':') ? `[${host}]` : host}:${port}`)} (${variable})`;
}

/** Set and not empty; small letters first, as curl has it. */
function settingOf(environment: NodeJS.ProcessEnv, name: string): { variable: string; value: string } | null {
  for (const variable of [name, name.toUpperCase()]) {
    // In a program that a web server runs (CGI), that one is a header of whoever asks.
    if (variable === 'HTTP_PROXY' && environment.REQUEST_METHOD !== undefined) continue;
    const value = environment[variable]?.trim() ?? '';
    if (value !== '') return { variable, value };
  }
  return null;
}

/** Nothing of the value is told where it can't be read: it may hold a password anywhere. */
function parseProxy({ variable, value }: { variable: string; value: string }): ForwardProxy {
  const [, scheme = 'http', rest = value] = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/is.exec(value) ?? [];
  const kind = scheme.toLowerCase().replace(/^socks$/, 'socks5h');
  if (!isKind(kind)) {
    throw new ProxyError(
      `${variable} names a proxy of a kind that p2p-copy does not have; it has ${Object.keys(PORTS).join(', ')}`,
      false,
    );
  }
  // The rules of http: are those for a host, and its port is not left out where it is another kind's.
  // A password with a slash in it would end the host too early, and be shown as one.
  const url = URL.canParse(`http://${rest}`) && !/[/?#].*@/s.test(rest) ? new URL(`http://${rest}`) : null;
  if (url === null) {
    throw new ProxyError(
      `${variable} is not the address of a proxy; write it as http://user:password@host:port, with signs such as #, / and ? in the password as %23, %2F and %3F`,
      false,
    );
  }
  const hasPort = /:80(?:[/?#]|$)/.test(rest);
  return {
    kind,
    host: hostOf(url),
    port: url.port !== '' ? Number(url.port) : hasPort ? 80 : PORTS[kind],
    username: decodedLogin(url.username),
    password: decodedLogin(url.password),
    variable,
  };
}

function isKind(kind: string): kind is ProxyKind {
  return Object.hasOwn(PORTS, kind);
}
