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
import { type ForwardProxy, hostOf, portOf, proxyOf, shownProxy } from '../node/network/proxy/proxy-of.ts';
import { failureAtProxy, refusalInPlace } from '../node/network/proxy/proxy-words.ts';
import { basicAuthorization } from '../node/network/relay-login.ts';
import { type Trust, trustOf } from '../node/network/trust/trust.ts';

type CallOptions = RequestOptions & {
  /** Aborted when the call is given up: `http` keeps its own `signal` from agents. */
  over?: AbortSignal;
};

export interface SiteCall {
  request: typeof requestHttp | typeof requestHttps;
  options: CallOptions;
  headers: Record<string, string>;
  /** Whether an answer is a proxy's own, and no site's: why; null for a site's. */
  refused(answer: IncomingMessage): ProxyError | null;
  /** An error of the call, which is a proxy's where that asks for the file itself. */
  failed(error: Error): Error;
  /** By way of which proxy, for the end of a sentence; empty for none. */
  through: string;
}

/**
 * @param ca certificates to trust besides the system's, in PEM; null for none
 * @param over aborted when the call is given up, and then a connection that a proxy is still making
 * @throws ProxyError for a variable that names no proxy
 * @throws TransferError `relay-unreachable` for a variable that names no certificates
 */
export async function siteCall(url: URL, ca: string | null, over: AbortSignal): Promise<SiteCall> {
  const proxy = proxyOf(url);
  const isSecure = url.protocol === 'https:';
  const authorization = basicAuthorization(url.href);
  const headers = { host: url.host, ...(authorization !== null && { authorization }) };
  const target = { host: hostOf(url), port: portOf(url), path: url.pathname + url.search, over };
  const through = proxy === null ? '' : `, by way of the proxy ${shownProxy(proxy)}`;
  const ofSite = { refused: () => null, failed: (error: Error) => error, through };
  if (!isSecure && proxy !== null && (proxy.kind === 'http' || proxy.kind === 'https')) {
    return { ...(await forwarded(url, proxy, headers)), through };
  }
  if (!isSecure) {
    const agent = proxy === null ? {} : { agent: agentOver(proxy, null) };
    return { request: requestHttp, options: { ...target, ...agent }, headers, ...ofSite };
  }
  const trust = await trustOf(ca);
  const way = proxy === null ? '' : JSON.stringify(proxy);
  let agent = trust.agents.get(way);
  agent ??= proxy === null ? new AgentHttps({ keepAlive: true, ...trust.tls }) : agentOver(proxy, trust);
  trust.agents.set(way, agent);
  return { request: requestHttps, options: { ...target, agent }, headers, ...ofSite };
}

/** A proxy is given the whole URL, and asks for the file itself (RFC 9112, section 3.2.2): few let a tunnel to port 80 through. */
async function forwarded(
  url: URL,
  proxy: ForwardProxy,
  headers: Record<string, string>,
): Promise<Omit<SiteCall, 'through'>> {
  const { kind, host, port, username, password } = proxy;
  const login = username + password === '' ? {} : { 'proxy-authorization': basicValue(username, password) };
  const isSecure = kind === 'https';
  const tls = isSecure ? { ...(await trustOf(null)).tls, servername: isIP(host) === 0 ? host : '' } : {};
  const path = `${url.origin}${url.pathname}${url.search}`;
  return {
    request: isSecure ? requestHttps : requestHttp,
    options: { host, port, path, agent: false, ...tls } as RequestOptions,
    headers: { ...headers, ...login },
    refused: (answer) => refusalInPlace(proxy, hostOf(url), answer),
    failed: (error) => failureAtProxy(proxy, hostOf(url), error),
  };
}

/** @param trust of TLS with the site; null for plain http */
function agentOver(proxy: ForwardProxy, trust: Trust | null): AgentHttp {
  const agent = trust === null ? new AgentHttp() : new AgentHttps({ keepAlive: true });
  const createConnection = (
    { host, port, over }: { host: string; port: number; over: AbortSignal },
    callback: (error: Error | null, socket?: Socket) => void,
  ): void => {
    openTunnel(proxy, { host, port: Number(port) }, over).then((socket) => {
      const servername = isIP(host) === 0 ? host : '';
      callback(null, trust === null ? socket : connectTls({ ...trust.tls, socket, servername }));
    }, callback);
  };
  return Object.assign(agent, { createConnection });
}
