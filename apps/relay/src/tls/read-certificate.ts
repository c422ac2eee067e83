// Reads the operator's certificate and key, and makes sure that they work together before a server gets them.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { RelayError } from '../relay-error.ts';
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

/** Any chain has some KiB. */
const MAX_FILE_BYTES = 1024 * 1024;

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
  const [cert, key] = await Promise.all([readSmall('certificate', certFile), readSmall('key', keyFile)]);
  return { certFile, keyFile, cert, key, minVersion: 'TLSv1.2' };
}

/** @throws RelayError `invalid-config`, naming the file that a server could not use, or both */
export function checkCertificate(certificate: Certificate): void {
  const { certFile, keyFile, cert, key } = certificate;
  // A server takes PEM only; the parser below would take DER too.
  if (!cert.includes('-----BEGIN CERTIFICATE-----')) {
    throw unusable('certificate', certFile, 'it holds no certificate in PEM');
  }
  const parsedCert = attempt(
    () => new X509Certificate(cert),
    () => unusable('certificate', certFile, 'its certificate is damaged'),
  );
  const parsedKey = attempt(
    () => createPrivateKey(key),
    () => unusable('key', keyFile, 'it holds no private key in PEM, or one that needs a passphrase'),
  );
  if (!parsedCert.checkPrivateKey(parsedKey)) {
    throw new RelayError(
      'invalid-config',
      `The key in ${keyFile} is not that of the certificate in ${certFile}. Give two that belong together.`,
    );
  }
  attempt(
    () => createSecureContext(certificate),
    (cause) => unusable('certificate', certFile, `TLS refuses it (${cause.message})`),
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

async function readSmall(what: string, path: string): Promise<Buffer> {
  try {
    const { size } = await statFile(what, path);
    if (size > MAX_FILE_BYTES) throw unusable(what, path, 'it has more than 1 MiB');
    return await readFile(path);
  } catch (error) {
    if (error instanceof RelayError) throw error;
    throw unusable(what, path, READ_FAULTS[codeOf(error)] ?? String(error));
  }
}

/** Opening a pipe would wait for its writer. */
async function statFile(what: string, path: string): Promise<{ size: number }> {
  const found = await stat(path);
  if (!found.isFile()) throw unusable(what, path, 'it is not a file');
  return found;
}

const READ_FAULTS: Record<string, string> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EACCES: 'this user may not read it',
};

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function unusable(what: string, path: string, why: string): RelayError {
  return new RelayError('invalid-config', `The ${what} file ${path} can't be used: ${why}.`);
}

function attempt<T>(action: () => T, explain: (cause: Error) => RelayError): T {
  try {
    return action();
  } catch (cause) {
    throw explain(cause as Error);
  }
}
