// Starts a relay with the app, in this process.
import { machineNames } from '../certificate/machine-names.ts';
import { type OwnCertificate, ownCertificate } from '../certificate/own-certificate.ts';
import { certificateFolder } from '../state/state-root.ts';
import { findApp } from './find-app.ts';

/**
 * Where a relay listens, and its certificate. Every other setting comes from the environment, as for
 * `p2p-copy relay`.
 */
export interface RelayOptions {
  /** Address to listen on. Default `0.0.0.0`: every network of this machine. */
  host?: string;
  /** Port to listen on; 0 picks a free one. Default 8765. */
  port?: number;
  /** Certificate chain in PEM. With it the relay serves https, and takes a renewed one without a restart. */
  certFile?: string;
  /** Its private key in PEM. Both files or neither. */
  keyFile?: string;
  /**
   * Serve https with a certificate that is made for this machine and kept in this user's state folder
   * (`P2P_COPY_STATE`). Browsers ask before they go on. Not together with the two files.
   */
  selfSigned?: boolean;
  /**
   * Reverse proxies in front of the relay, as IP addresses or blocks such as `10.0.0.0/8`: only their `X-Forwarded-For`
   * tells which client calls. Default none.
   */
  trustProxy?: readonly string[];
  /** Who may send: everybody (`open`, the default), or who shows an access token of `tokenFile`. */
  access?: 'open' | 'token';
  /** The file that `p2p-copy relay token` keeps; read again when it changes. */
  tokenFile?: string;
}

/** A relay that runs. */
export interface RunningRelay {
  /** Where a browser on this machine reaches it. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** What its operator should know, a sentence each: that this process may open too few files for all connections. */
  readonly warnings: readonly string[];
  /** The certificate that vouches for itself; null without `selfSigned`. */
  readonly ownCertificate: { readonly certFile: string; readonly fingerprint: string } | null;
  /** Reads the file of access tokens again at once. */
  reload(): Promise<void>;
  /** Takes nobody new, lets running transfers go on for at most `graceMs` (default 0), then closes. */
  close(graceMs?: number): Promise<void>;
}

/**
 * Errors: rejects with an Error whose `code` is `EADDRINUSE`, `EACCES`, `EADDRNOTAVAIL` or `ENOTFOUND` when it can't
 * listen there, or `invalid-config`, also for a certificate that can't be used or kept; its message says what to do.
 */
export async function startRelay({
  certFile,
  keyFile,
  selfSigned = false,
  ...options
}: RelayOptions = {}): Promise<RunningRelay> {
  // Loaded on demand: who only sends or receives has no use for a web server.
  const { RelayError, startRelay: start } = await import('@p2p-copy/relay');
  const invalid = (message: string, cause?: unknown) => new RelayError('invalid-config', message, { cause });
  if (selfSigned && (certFile !== undefined || keyFile !== undefined)) {
    throw invalid(
      'A relay that makes its own certificate takes no files of another. Leave out one or the other.',
    );
  }
  const own = selfSigned ? await keptCertificate(invalid) : null;
  const [tlsCertFile, tlsKeyFile] = own === null ? [certFile, keyFile] : [own.certFile, own.keyFile];
  const relay = await start({
    ...options,
    ...(tlsCertFile !== undefined && { tlsCertFile }),
    ...(tlsKeyFile !== undefined && { tlsKeyFile }),
    webRoot: findApp(),
  });
  return { ...relay, ownCertificate: own };
}

async function keptCertificate(invalid: (message: string, cause: unknown) => Error): Promise<OwnCertificate> {
  const folder = certificateFolder();
  try {
    return await ownCertificate(folder, machineNames());
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw invalid(
      `The relay's own certificate can't be kept in ${folder} (${reason}). Set P2P_COPY_STATE to a folder that this user may write to.`,
      cause,
    );
  }
}
