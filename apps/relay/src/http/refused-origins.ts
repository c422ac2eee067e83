// Tells the operator of web pages whose WebSockets are refused, and what to set: mostly it is a proxy that doesn't pass on
// the host that the relay's own page was opened at.
import type { IncomingHttpHeaders } from 'node:http';
import { type AskedHost, askedHost, isOwnOrigin, MAX_HOPS } from '../asked/asked-host.ts';
import type { RelayLog } from '../foundation/relay-log.ts';

/** Origins that are logged; the stats count all refusals. Whoever refuses to stop can't fill a disk. */
export const MAX_TOLD_ORIGINS = 16;
const MAX_SHOWN_LENGTH = 300;

export class RefusedOrigins {
  readonly #log: Pick<RelayLog, 'warn'>;
  readonly #told = new Set<string>();

  constructor(log: Pick<RelayLog, 'warn'>) {
    this.#log = log;
  }

  /** Logs each origin once. */
  tell(origin: string, asked: AskedHost, headers: IncomingHttpHeaders): void {
    const shown = origin.slice(0, MAX_SHOWN_LENGTH);
    if (this.#told.has(shown) || this.#told.size === MAX_TOLD_ORIGINS) return;
    this.#told.add(shown);
    const advice = isOwnOrigin(origin, askedHost(headers, MAX_HOPS)) ? NAME_PROXY : PASS_HOST;
    this.#log.warn({ origin: shown, asked: asked.hosts.join(' ').slice(0, MAX_SHOWN_LENGTH) }, advice);
  }
}

const NAME_PROXY =
  'refused a web page that a proxy says is this relay’s own, but the proxy isn’t trusted: set trustProxy (--trust-proxy) to its address';
const PASS_HOST =
  'refused a web page of an address that this relay wasn’t asked for: if it is this relay’s own page, let the proxy pass on its Host unchanged ' +
  '(or X-Forwarded-Host, with trustProxy set to the proxy’s address); if it is another that may connect, add it to allowedOrigins';
