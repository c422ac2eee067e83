// A connection to a host by way of a proxy: what is sent over it reaches that host, and the proxy passes it on unread.
import { lookup } from 'node:dns';
import { once } from 'node:events';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { connect, isIP, type LookupFunction, type Socket } from 'node:net';
import { DIAL_SILENCE_MS } from '@p2p-copy/core';
import { nodeClock } from '../../time/clock.ts';
import { trustOf } from '../trust/trust.ts';
import { basicValue } from './login.ts';
import { ProxyError } from './proxy-error.ts';
import type { ForwardProxy } from './proxy-of.ts';
import { failureAtProxy, refusalOfProxy } from './proxy-words.ts';

export interface TunnelTarget {
  /** Name or IP address, that of IPv6 without brackets. */
  host: string;
  port: number;
  /** How the name is looked up, where that is not left to the proxy (socks4, socks5). */
  lookup?: LookupFunction;
}

/**
 * Nothing of the connection's has been read, and its errors are the caller's.
 * @throws ProxyError for whatever fails before the proxy has reached the host, and when `signal` is aborted
 * @throws TransferError `relay-unreachable` for certificates that can't be read, and what `lookup` fails with
 */
export async function openTunnel(
  proxy: ForwardProxy,
  target: TunnelTarget,
  signal: AbortSignal,
): Promise<Socket> {
  // The connection outlives `signal`, once it is open.
  const giveUp = new AbortController();
  const abort = () => giveUp.abort();
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  try {
    const open = proxy.kind === 'http' || proxy.kind === 'https' ? openByConnect : openBySocks;
    return await open(proxy, target, giveUp.signal);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

async function openByConnect(
  proxy: ForwardProxy,
  { host, port }: TunnelTarget,
  signal: AbortSignal,
): Promise<Socket> {
  const authority = `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
  const { kind, username, password } = proxy;
  const login = username + password === '' ? {} : { 'proxy-authorization': basicValue(username, password) };
  const options = {
    host: proxy.host,
    port: proxy.port,
    method: 'CONNECT',
    path: authority,
    headers: { host: authority, ...login },
    agent: false,
    signal,
  } as const;
  // The header `host` is that of the target.
  const servername = isIP(proxy.host) === 0 ? proxy.host : '';
  const call =
    kind === 'https'
      ? requestHttps({ ...options, ...(await trustOf(null)).tls, servername })
      : requestHttp(options);
  const patience = new Patience(() => call.destroy(timedOut()));
  call.once('socket', (socket) => {
    for (const step of ['connect', 'secureConnect']) socket.once(step, () => patience.beginAnew());
  });
  try {
    const connected = once(call, 'connect') as Promise<[IncomingMessage, Socket, Buffer]>;
    call.end();
    const [answer, socket, head] = await connected;
    const { statusCode = 0 } = answer;
    if (statusCode < 200 || statusCode > 299) {
      socket.destroy();
      throw refusalOfProxy(proxy, host, answer);
    }
    if (head.length > 0) socket.unshift(head);
    return socket;
  } catch (error) {
    call.destroy();
    throw failureAtProxy(proxy, host, error as Error);
  } finally {
    patience.end();
  }
}

/** Waits for a proxy, step by step. */
class Patience {
  readonly #late: () => void;
  #hasEnded = false;
  #cancel = () => {};

  /** @param late called after `DIAL_SILENCE_MS` without a step, unless it has ended; must not throw */
  constructor(late: () => void) {
    this.#late = late;
    this.beginAnew();
  }

  /** A step is done. Nothing once it has ended. */
  beginAnew(): void {
    this.#cancel();
    if (!this.#hasEnded) this.#cancel = nodeClock.after(DIAL_SILENCE_MS, this.#late);
  }

  end(): void {
    this.#hasEnded = true;
    this.#cancel();
  }
}

function timedOut(): Error {
  return Object.assign(new Error('timed out'), { code: 'ETIMEDOUT' });
}

async function openBySocks(proxy: ForwardProxy, target: TunnelTarget, signal: AbortSignal): Promise<Socket> {
  const { kind, username, password } = proxy;
  const isHere = kind === 'socks4' || kind === 'socks5';
  const host = isHere ? await lookedUp(proxy, target) : target.host;
  // Loaded where it is needed: few proxies are of that kind.
  const { SocksClient } = await import('socks');
  const socket = connect({ host: proxy.host, port: proxy.port, signal });
  const patience = new Patience(() => socket.destroy(timedOut()));
  try {
    await once(socket, 'connect');
    patience.beginAnew();
    await SocksClient.createConnection({
      command: 'connect',
      destination: { host, port: target.port },
      existing_socket: socket,
      proxy: {
        host: proxy.host,
        port: proxy.port,
        type: kind.startsWith('socks4') ? 4 : 5,
        ...(username + password !== '' && { userId: username, password }),
      },
      timeout: DIAL_SILENCE_MS,
    });
    // It was paused. Who is called speaks second, so nothing comes before somebody listens.
    return socket.resume();
  } catch (error) {
    socket.destroy();
    throw failureAtProxy(proxy, target.host, error as Error);
  } finally {
    patience.end();
  }
}

/** The address of a name, which a proxy of that kind is told instead. */
function lookedUp(proxy: ForwardProxy, target: TunnelTarget): Promise<string> {
  if (isIP(target.host) !== 0) return Promise.resolve(target.host);
  return new Promise((resolve, reject) => {
    const family = proxy.kind === 'socks4' ? 4 : 0;
    (target.lookup ?? lookup)(target.host, { family }, (error, address) => {
      if (error === null) resolve(String(address));
      else if (error.code === undefined || error.syscall === undefined) reject(error);
      else
        reject(
          new ProxyError(
            `the name could not be looked up here; with ${proxy.kind === 'socks4' ? 'socks4a' : 'socks5h'}:// in ${proxy.variable} the proxy looks it up`,
            error.code === 'EAI_AGAIN',
            { cause: error },
          ),
        );
    });
  });
}
