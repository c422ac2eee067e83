// How a file of a site is asked for: directly, by a tunnel through a proxy, or of a proxy that asks for it (plain http).
import {
  Agent as AgentHttp,
  type IncomingMessage,
  type RequestOptions,
  request as requestHttp,
} from 'node:http';
import { Agent as AgentHttps, request as requestHttps } from 'node:https';
import { isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { basicValue } from '../node/network/proxy/login.ts';
import { openTunnel } from '../node/network/proxy/open-tunnel.ts';
import type { ProxyError } from '../node/network/proxy/proxy-error.ts';
import { type ForwardProxy, hostOf, portOf, proxyOf } from '../node/network/proxy/proxy-of.ts';
import { refusalOfProxy } from '../node/network/proxy/proxy-words.ts';
import { basicAuthorization } from '../node/network/relay-login.ts';
import { type Trust, trustOf } from '../node/network/trust/trust.ts';

export interface SiteCall {
  request: typeof requestHttp | typeof requestHttps;
  options: RequestOptions;
  headers: Record<string, string>;
  /** Whether an answer is a proxy's own, and no site's: why; null for a site's. */
  refused(answer: IncomingMessage): ProxyError | null;
}

/**
 * @param ca certificates to trust besides the system's, in PEM; null for none
 * @throws ProxyError for a variable that names no proxy
 * @throws TransferError `relay-unreachable` for a variable that names no certificates
 */
export async function siteCall(url: URL, ca: string | null): Promise<SiteCall> {
  const proxy = proxyOf(url);
  const isSecure = url.protocol === 'https:';
  const authorization = basicAuthorization(url.href);
  const headers = { host: url.host, ...(authorization !== null && { authorization }) };
  const target = { host: hostOf(url), port: portOf(url), path: url.pathname + url.search };
  const never = () => null;
  if (!isSecure && proxy !== null && (proxy.kind === 'http' || proxy.kind === 'https')) {
    return forwarded(url, proxy, headers);
  }
  if (!isSecure) {
    const agent = proxy === null ? {} : { agent: agentOver(proxy, null) };
    return { request: requestHttp, options: { ...target, ...agent }, headers, refused: never };
  }
  const trust = await trustOf(ca);
  const way = proxy === null ? '' : JSON.stringify(proxy);
  let agent = trust.agents.get(way);
  agent ??= proxy === null ? new AgentHttps({ keepAlive: true, ...trust.tls }) : agentOver(proxy, trust);
  trust.agents.set(way, agent);
  return { request: requestHttps, options: { ...target, agent }, headers, refused: never };
}

/** A proxy is given the whole URL, and asks for the file itself (RFC 9112, section 3.2.2): few let a tunnel to port 80 through. */
async function forwarded(url: URL, proxy: ForwardProxy, headers: Record<string, string>): Promise<SiteCall> {
  const { kind, host, port, username, password } = proxy;
  const login = username + password === '' ? {} : { 'proxy-authorization': basicValue(username, password) };
  const isSecure = kind === 'https';
  const tls = isSecure ? { ...(await trustOf(null)).tls, servername: isIP(host) === 0 ? host : '' } : {};
  const path = `${url.origin}${url.pathname}${url.search}`;
  return {
    request: isSecure ? requestHttps : requestHttp,
    options: { host, port, path, agent: false, ...tls } as RequestOptions,
    headers: { ...headers, ...login },
    refused: (answer) => (answer.statusCode === 407 ? refusalOfProxy(proxy, hostOf(url), answer) : null),
  };
}

/** @param trust of TLS with the site; null for plain http */
function agentOver(proxy: ForwardProxy, trust: Trust | null): AgentHttp {
  const agent = trust === null ? new AgentHttp() : new AgentHttps({ keepAlive: true });
  const createConnection = (
    { host, port }: { host: string; port: number },
    callback: (error: Error | null, socket?: Socket) => void,
  ): void => {
    openTunnel(proxy, { host, port: Number(port) }, NEVER).then((socket) => {
      const servername = isIP(host) === 0 ? host : '';
      callback(null, trust === null ? socket : connectTls({ ...trust.tls, socket, servername }));
    }, callback);
  };
  return Object.assign(agent, { createConnection });
}

/** A call that is given up leaves its connection to the next, or to the end of the proxy's patience. */
const NEVER = new AbortController().signal;
