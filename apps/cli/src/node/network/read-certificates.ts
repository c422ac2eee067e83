// Reads the file of `--ca-file`: certificates to trust besides the system's.
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { TransferError } from '@p2p-copy/core';
import { quoted } from '../../wording/show-text.ts';

/**
 * Its text, in PEM.
 * @throws TransferError `relay-unreachable` for a file that can't be used
 */
export async function readCertificates(file: string): Promise<string> {
  const unusable = (what: string, cause?: unknown) =>
    new TransferError('relay-unreachable', `The file of certificates ${quoted(file)} ${what}.`, { cause });
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw unusable('cannot be read', cause);
  }
  const certificates = text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g);
  if (certificates === null) throw unusable('holds none in PEM format');
  try {
    // TLS would pass over what it can't read, and then trust nobody.
    for (const certificate of certificates) new X509Certificate(certificate);
  } catch (cause) {
    throw unusable('is damaged', cause);
  }
  return text;
}
