// Hands a renewed certificate to the running server.
import { type FollowContext, follow } from '../foundation/follow.ts';
import {
  type Certificate,
  checkCertificate,
  isSameCertificate,
  readCertificate,
} from './read-certificate.ts';

export interface CertificateContext extends FollowContext {
  /** Takes what the next handshake shall use. Connections that run keep theirs. */
  use(certificate: Certificate): void;
}

/**
 * Looks every few seconds, from now on.
 * @param current what the server started with
 * @returns what ends it
 */
export function followCertificate(current: Certificate, { clock, log, use }: CertificateContext): () => void {
  const { certFile, keyFile } = current;
  let inUse = current;
  const { stop } = follow(
    {
      read: () => readCertificate(certFile, keyFile),
      use(found) {
        if (isSameCertificate(found, inUse)) return;
        // Whoever renews writes one file after the other, so the next look may find both.
        checkCertificate(found);
        use(found);
        inUse = found;
        log.info({ certFile }, 'the certificate was renewed');
      },
      unusable: 'the renewed certificate is not usable, the old one stays',
    },
    { clock, log },
  );
  return stop;
}
