// Hands a renewed certificate to the running server. It looks at what the files hold, not at when they changed:
// certbot and Kubernetes swap symbolic links.
import type { Clock } from '@p2p-copy/core/foundation';
import type { RelayLog } from '../foundation/relay-log.ts';
import {
  type Certificate,
  checkCertificate,
  isSameCertificate,
  readCertificate,
} from './read-certificate.ts';

export interface Follower {
  clock: Clock;
  log: Pick<RelayLog, 'info' | 'warn'>;
  /** Takes what the next handshake shall use. Connections that run keep theirs. */
  use(certificate: Certificate): void;
}

const LOOK_INTERVAL_MS = 5_000;

/**
 * Looks every few seconds, from now on.
 * @param current what the server started with
 * @returns what ends it
 */
export function followCertificate(current: Certificate, { clock, log, use }: Follower): () => void {
  const { certFile, keyFile } = current;
  let inUse = current;
  let hasWarned = false;
  let isStopped = false;
  let cancel = clock.after(LOOK_INTERVAL_MS, look);

  function look(): void {
    void update().then(() => {
      if (!isStopped) cancel = clock.after(LOOK_INTERVAL_MS, look);
    });
  }

  async function update(): Promise<void> {
    try {
      const found = await readCertificate(certFile, keyFile);
      if (isStopped) return;
      if (!isSameCertificate(found, inUse)) {
        checkCertificate(found);
        use(found);
        inUse = found;
        log.info({ certFile }, 'the certificate was renewed');
      }
      hasWarned = false;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      // Whoever renews writes one file after the other, so the next look may find both.
      if (!hasWarned && !isStopped) {
        log.warn({ reason }, 'the renewed certificate is not usable, the old one stays');
      }
      hasWarned = true;
    }
  }

  return () => {
    isStopped = true;
    cancel();
  };
}
