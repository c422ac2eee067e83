// The file of `--ca-file`: certificates to trust besides the system's.
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type ConnectionOptions, checkServerIdentity, rootCertificates } from 'node:tls';
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

/**
 * Options of TLS for what `readCertificates` gave. A server that shows the only certificate of the file is the one that is meant,
 * by whichever name or address it is reached: nobody else has its key.
 */
export function trusting(ca: string): Pick<ConnectionOptions, 'ca' | 'checkServerIdentity'> {
  const [only, ...others] = certificatesIn(ca);
  const pinned = only === undefined || others.length > 0 ? null : new X509Certificate(only).fingerprint256;
  return {
    ca: [...rootCertificates, ca],
    checkServerIdentity: (host, peer) =>
      peer.fingerprint256 === pinned ? undefined : checkServerIdentity(host, peer),
  };
}

function certificatesIn(text: string): string[] {
  return text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
}
