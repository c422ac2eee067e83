export interface ForwardProxy {
  port: number;
  /** What it was asked for, such as `CONNECT 127.0.0.1:80`, `GET http://h/` or `SOCKS name h:80`; refused ones too. */
  calls: string[];
  close(): void;
}

interface ForwardProxySettings {
  host?: string;
  port?: number;
  /** `USER:PASSWORD` without which it refuses. */
  login?: string;
  /** Where names lead that nobody else knows. */
  hosts?: Record<string, string>;
  onCall?(call: string): void;
}

export interface HttpProxySettings extends ForwardProxySettings {
  /** With which it refuses everything. */
  status?: number;
  /** Header Proxy-Authenticate of its refusals. */
  scheme?: string | string[];
  /** Its own, for https. */
  tls?: { key: string | Buffer; cert: string | Buffer };
}

export interface SocksProxySettings extends ForwardProxySettings {
  /** RFC 1928, section 6: with which it refuses everything. */
  reply?: number;
}

export function startHttpProxy(settings?: HttpProxySettings): Promise<ForwardProxy>;
export function startSocksProxy(settings?: SocksProxySettings): Promise<ForwardProxy>;
