// Starts a relay with the app, in this process.

import type { RelayConfig } from '@p2p-copy/relay/settings';
import { machineNames } from '../../certificate/machine-names.ts';
import { type OwnCertificate, ownCertificate } from '../../certificate/own-certificate.ts';
import { certificateFolder, relayTokenFile } from '../../node/disk/state-root.ts';
import { findApp } from './find-app.ts';
import type { RelayOptions } from './relay-options.ts';

/** Which settings differ from those that the relay ran with. */
export interface ReloadReport {
  /** In force from now on. */
  readonly changed: readonly string[];
  /** They stay as they were until the relay is started again. */
  readonly needRestart: readonly string[];
}

/** A relay that runs. */
export interface RunningRelay {
  /** Where a browser on this machine reaches it. */
  readonly url: string;
  /** The first address it listens on, or the path of the first unix socket. */
  readonly host: string;
  /** Also where 0 was asked for; 0 where there are unix sockets only. */
  readonly port: number;
  /** All places where it listens: `http://127.0.0.1:8765`, `http://[::]:8765`, `unix:/run/p2p-copy/relay.sock`. */
  readonly addresses: readonly string[];
  /** Those for metrics and administration. */
  readonly adminAddresses: readonly string[];
  /** UDP port of its STUN server, also where 0 was asked for; null without one. */
  readonly stunPort: number | null;
  /** The system's TCP congestion control, such as `bbr`; null where it isn't told. */
  readonly congestionControl: string | null;
  /** How long `close` should let running transfers go on, as the settings in force say, in ms. */
  readonly drainTimeoutMs: number;
  /** What its operator should know, a sentence each: that this process may open too few files for all connections. */
  readonly warnings: readonly string[];
  /** The certificate that vouches for itself; null without `selfSigned`. */
  readonly ownCertificate: { readonly certFile: string; readonly fingerprint: string } | null;
  /**
   * Takes other settings while it runs, as of `startRelay`: what is left out is the default again. Connections and
   * pairs that run keep what they began with.
   * @throws TransferError `invalid-config`; the old settings stay then
   */
  reload(options: RelayOptions): Promise<ReloadReport>;
  /** Takes nobody new, lets running transfers go on for at most `graceMs` (default 0), then closes. */
  close(graceMs?: number): Promise<void>;
}

/**
 * @throws Error whose `code` is `EADDRINUSE`, `EACCES`, `EADDRNOTAVAIL` or `ENOTFOUND` when it can't
 * listen there, `EMFILE` when this process may open too few files for a relay, or `invalid-config`, also for a
 * certificate that can't be used or kept; its message says what to do
 */
export async function startRelay(options: RelayOptions = {}): Promise<RunningRelay> {
  // Loaded on demand: who only sends or receives has no use for a web server.
  const { startRelay: start } = await import('@p2p-copy/relay');
  const { config, own, warnings } = await configOf(options);
  const relay = await start(config);
  return {
    ...relay,
    warnings: [...warnings, ...relay.warnings],
    get drainTimeoutMs() {
      return relay.drainTimeoutMs;
    },
    ownCertificate: own,
    reload: async (next) => relay.reload((await configOf(next)).config),
  };
}

/** What the relay itself takes: the certificate is made, and the app found. */
async function configOf({
  selfSigned = false,
  ...options
}: RelayOptions): Promise<{ config: Partial<RelayConfig>; own: OwnCertificate | null; warnings: string[] }> {
  const { RelayError } = await import('@p2p-copy/relay');
  const invalid = (message: string, cause?: unknown) => new RelayError('invalid-config', message, { cause });
  if (selfSigned !== false && ((options.certFile ?? null) !== null || (options.keyFile ?? null) !== null)) {
    throw invalid(
      'A relay that makes its own certificate takes no files of another. Leave out one or the other.',
    );
  }
  const warnings: string[] = [];
  const own =
    selfSigned === false
      ? null
      : await keptCertificate(invalid).catch((error: Error) => {
          if (selfSigned !== 'if-possible') throw error;
          warnings.push(`${error.message} Until then this relay serves http alone.`);
          return null;
        });
  return {
    config: {
      ...options,
      webRoot: options.webRoot === undefined ? findApp() : options.webRoot,
      ...(options.access === 'token' && { tokenFile: options.tokenFile ?? relayTokenFile() }),
      ...(own !== null && { certFile: own.certFile, keyFile: own.keyFile }),
    },
    own,
    warnings,
  };
}

async function keptCertificate(invalid: (message: string, cause: unknown) => Error): Promise<OwnCertificate> {
  const folder = certificateFolder();
  try {
    return await ownCertificate(folder, await machineNames());
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw invalid(
      `The relay's own certificate can't be kept in ${folder} (${reason}). Set P2P_COPY_STATE to a folder that this user may write to.`,
      cause,
    );
  }
}
