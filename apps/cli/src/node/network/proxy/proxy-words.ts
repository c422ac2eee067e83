// What a proxy's refusal and silence mean, and what to do: the ends of sentences about a relay or a site.
import type { IncomingMessage } from 'node:http';
import { quoted } from '../../../wording/show-text.ts';
import { ProxyError } from './proxy-error.ts';
import { type ForwardProxy, shownProxy } from './proxy-of.ts';

/** Of an HTTP proxy that answers CONNECT with another status than 2xx. */
export function refusalOfProxy(
  proxy: ForwardProxy,
  host: string,
  { statusCode = 0, headers }: IncomingMessage,
): ProxyError {
  const named = `the proxy ${shownProxy(proxy)}`;
  // tinyproxy answers a wrong password as a site would.
  if (statusCode === 407 || statusCode === 401)
    return new ProxyError(`${named} ${loginWords(proxy, headers['proxy-authenticate'])}`, false);
  if (statusCode >= 500 || statusCode === 429) {
    return new ProxyError(`${named} does not reach it (HTTP status ${statusCode})`, true);
  }
  return new ProxyError(
    `${named} does not let it through (HTTP status ${statusCode}); ${aroundWords(host)}`,
    false,
  );
}

/** Statuses that a proxy answers for a site, too. */
const OF_EITHER: ReadonlySet<number> = new Set([401, 403, 451, 502, 503, 504, 511]);

/** Of an answer to a request that a proxy was asked to make: why it may be no site's; null for a site's. */
export function refusalInPlace(
  proxy: ForwardProxy,
  host: string,
  answer: IncomingMessage,
): ProxyError | null {
  const { statusCode = 0 } = answer;
  if (statusCode === 407) return refusalOfProxy(proxy, host, answer);
  if (!OF_EITHER.has(statusCode)) return null;
  const words = `by way of the proxy ${shownProxy(proxy)} the answer is HTTP status ${statusCode}, which may be the proxy’s own`;
  const next =
    statusCode === 401
      ? `check the user name and password in ${proxy.variable}, and those in the address`
      : aroundWords(host);
  return new ProxyError(`${words}; ${next}`, statusCode > 500);
}

/** Of a connection to a proxy that failed before the proxy had reached the host. */
export function failureAtProxy(
  proxy: ForwardProxy,
  host: string,
  cause: Error & { code?: unknown },
): ProxyError {
  if (cause instanceof ProxyError) return cause;
  const named = `the proxy ${shownProxy(proxy)}`;
  const code = typeof cause.code === 'string' ? cause.code : '';
  const isSocks = proxy.kind.startsWith('socks');
  const [, answer] = /rejected connection - \(?(\w+)/.exec(cause.message) ?? [];
  if (/Authentication failed|no accepted authentication|unknown authentication/i.test(cause.message)) {
    return new ProxyError(`${named} ${loginWords(proxy)}`, false, { cause });
  }
  if (answer !== undefined) {
    const isPassing = /Unreachable|Refused|Expired|^Failure$|^Failed$/i.test(answer);
    const words = isPassing
      ? `does not reach it (${answer})`
      : `does not let it through (${answer}); ${aroundWords(host)}`;
    return new ProxyError(`${named} ${words}`, isPassing, { cause });
  }
  if (code.startsWith('HPE_') || /^Received invalid|Socks4 handshake/i.test(cause.message)) {
    const kind = isSocks ? 'SOCKS' : 'HTTP';
    return new ProxyError(`what answers at ${shownProxy(proxy)} is no ${kind} proxy`, false, { cause });
  }
  if (/CERT|SIGNATURE|ISSUER/.test(code)) {
    const whom = 'SSL_CERT_FILE or P2P_COPY_CA_FILE says which one to trust';
    return new ProxyError(`the certificate of ${named} is not trusted (${code}); ${whom}`, false, { cause });
  }
  const reason = REASONS[code] ?? reasonOf(cause.message);
  const around = `check ${proxy.variable}, or set NO_PROXY=${host} to go around it`;
  const words = `cannot be reached: ${reason ?? cause.message}; ${around}`;
  return new ProxyError(`${named} ${words}`, PASSING.has(code) || reasonOf(cause.message) !== undefined, {
    cause,
  });
}

function reasonOf(message: string): string | undefined {
  if (/timed out/i.test(message)) return REASONS.ETIMEDOUT;
  return /closed|hang up/i.test(message) ? REASONS.ECONNRESET : undefined;
}

const REASONS: Record<string, string> = {
  EAI_AGAIN: 'its name could not be looked up',
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'it closed the connection',
  EHOSTUNREACH: 'there is no route to it',
  ENETUNREACH: 'there is no route to its network',
  ENOTFOUND: 'there is no host of that name',
  EPROTO: 'it does not speak TLS; try http:// in its address',
  ETIMEDOUT: 'it did not answer in time',
};

const PASSING: ReadonlySet<string> = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'EMFILE',
  'ENETUNREACH',
  'ENFILE',
  'ETIMEDOUT',
]);

/** @param offered header Proxy-Authenticate */
function loginWords(
  { kind, variable, username, password }: ForwardProxy,
  offered?: string | string[],
): string {
  const kinds = loginKinds([offered ?? []].flat().join(', '));
  if (kinds.length > 0 && !kinds.some((each) => /^basic$/i.test(each))) {
    return `asks for a login of a kind that p2p-copy does not have (${quoted(kinds.join(', '))}); run a local proxy that has it, such as cntlm, and name that one in ${variable}`;
  }
  const example = `${variable}=${kind}://USER:PASSWORD@HOST:PORT`;
  return username + password === ''
    ? `asks for a user name and password; give them so: ${example}`
    : `does not take the user name and password in ${variable}; signs such as @, : and # in them are written %40, %3A and %23`;
}

/** Schemes of a header Proxy-Authenticate (RFC 9110, section 11.7.1), which Node joins to one where a proxy sends several. */
function loginKinds(offered: string): string[] {
  const unquoted = offered.replace(/"(?:[^"\\]|\\.)*"/g, '""');
  return [...unquoted.matchAll(/(?:^|,)\s*([\w!#$%&'*+.^`|~-]+)(?=\s+[^\s=,]|\s*(?:,|$))/g)].map(
    ([, kind]) => kind!,
  );
}

function aroundWords(host: string): string {
  return `its operator can allow the relay, or NO_PROXY=${host} goes around it`;
}
