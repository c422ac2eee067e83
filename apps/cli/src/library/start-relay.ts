// Starts a relay with the app, in this process.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface RelayOptions {
  /** Address to listen on. Default `0.0.0.0`: every network of this machine. */
  host?: string;
  /** Port to listen on; 0 picks a free one. Default 8765. */
  port?: number;
  /** Certificate chain in PEM. With it the relay serves https, and takes a renewed one without a restart. */
  certFile?: string;
  /** Its private key in PEM. Both files or neither. */
  keyFile?: string;
}

/** A relay that runs. */
export interface RunningRelay {
  /** Where a browser on this machine reaches it. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** Takes nobody new, lets running transfers go on for at most `graceMs` (default 0), then closes. */
  close(graceMs?: number): Promise<void>;
}

/**
 * Errors: rejects with an Error whose `code` is `EADDRINUSE`, `EACCES`, `EADDRNOTAVAIL` or `ENOTFOUND` when it can't
 * listen there, or `invalid-config`, also for a certificate that can't be used; its message says what to do.
 */
export async function startRelay({
  certFile: tlsCertFile,
  keyFile: tlsKeyFile,
  ...options
}: RelayOptions = {}): Promise<RunningRelay> {
  // Loaded on demand: who only sends or receives has no use for a web server.
  const relay = await import('@p2p-copy/relay');
  const certificate = {
    ...(tlsCertFile !== undefined && { tlsCertFile }),
    ...(tlsKeyFile !== undefined && { tlsKeyFile }),
  };
  return relay.startRelay({ ...options, ...certificate, webRoot: findApp() });
}

/** The built app: inside the published package, or where a checkout builds it. Null when it isn't built. */
function findApp(): string | null {
  const places = ['./web/', '../../web/dist/', '../../../web/dist/'];
  const folders = places.map((place) => fileURLToPath(new URL(place, import.meta.url)));
  return folders.find((folder) => existsSync(`${folder}index.html`)) ?? null;
}
