// A file of certificates to trust: that of --ca-file, or of a variable.
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { TransferError } from '@p2p-copy/core';
import { quoted } from '../../../wording/show-text.ts';

/**
 * Its text, in PEM.
 * @param variable that names it, for the error
 * @throws TransferError `relay-unreachable` for a file that can't be used
 */
export async function readCertificates(file: string, variable?: string): Promise<string> {
  const named = variable === undefined ? '' : ` of ${variable}`;
  const unusable = (what: string, cause?: unknown) =>
    new TransferError('relay-unreachable', `The file of certificates ${quoted(file)}${named} ${what}.`, {
      cause,
      retryable: false,
    });
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw unusable('cannot be read', cause);
  }
  const certificates = certificatesIn(text);
  if (certificates.length === 0) throw unusable('holds none in PEM format');
  try {
    // TLS would pass over what it can't read, and then trust nobody.
    for (const certificate of certificates) new X509Certificate(certificate);
  } catch (cause) {
    throw unusable('is damaged', cause);
  }
  return text;
}

/** Each certificate of a text in PEM. */
export function certificatesIn(text: string): string[] {
  return text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
}
