// Reads the operator's certificate and key, and makes sure that they work together before a server gets them.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { readSmallFile, unusableFile } from '../foundation/read-small-file.ts';
import { RelayError } from '../foundation/relay-error.ts';
import type { RelayConfig } from '../settings/table.ts';

/** In the form that a TLS server takes, and where it comes from. */
export interface Certificate {
  readonly certFile: string;
  readonly keyFile: string;
  /** The certificate, and the chain that leads to its root. */
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly minVersion: 'TLSv1.2';
}

/**
 * The certificate that the settings name, checked; null for a relay without TLS.
 * @throws RelayError `invalid-config`, naming the file
 */
export async function certificateFor({ certFile, keyFile }: RelayConfig): Promise<Certificate | null> {
  if (certFile === null || keyFile === null) return null;
  const certificate = await readCertificate(certFile, keyFile);
  checkCertificate(certificate);
  return certificate;
}

/**
 * What the files hold now, unchecked.
 * @throws RelayError `invalid-config`, naming the file
 */
export async function readCertificate(certFile: string, keyFile: string): Promise<Certificate> {
  const [cert, key] = await Promise.all([
    readSmallFile('certificate', certFile),
    readSmallFile('key', keyFile),
  ]);
  return { certFile, keyFile, cert, key, minVersion: 'TLSv1.2' };
}

/** @throws RelayError `invalid-config`, naming the file that a server could not use, or both */
export function checkCertificate(certificate: Certificate): void {
  const { certFile, keyFile, cert, key } = certificate;
  // A server takes PEM only; the parser below would take DER too.
  if (!cert.includes('-----BEGIN CERTIFICATE-----')) {
    throw unusableFile('certificate', certFile, 'it holds no certificate in PEM');
  }
  const parsedCert = attempt(
    () => new X509Certificate(cert),
    () => unusableFile('certificate', certFile, 'its certificate is damaged'),
  );
  const parsedKey = attempt(
    () => createPrivateKey(key),
    () => unusableFile('key', keyFile, 'it holds no private key in PEM, or one that needs a passphrase'),
  );
  if (!parsedCert.checkPrivateKey(parsedKey)) {
    throw new RelayError(
      'invalid-config',
      `The key in ${keyFile} is not that of the certificate in ${certFile}. Give two that belong together.`,
    );
  }
  attempt(
    () => createSecureContext(certificate),
    (cause) => unusableFile('certificate', certFile, `TLS refuses it (${cause.message})`),
  );
}

/** Whether nobody else vouches for it. `checkCertificate` has passed. */
export function isSelfSigned({ cert }: Certificate): boolean {
  const parsed = new X509Certificate(cert);
  return parsed.subject === parsed.issuer && parsed.verify(parsed.publicKey);
}

export function isSameCertificate(one: Certificate, other: Certificate): boolean {
  return one.cert.equals(other.cert) && one.key.equals(other.key);
}

function attempt<T>(action: () => T, explain: (cause: Error) => RelayError): T {
  try {
    return action();
  } catch (cause) {
    throw explain(cause as Error);
  }
}
