// What Node gives the engines.
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type EnginePorts, TransferError } from '@p2p-copy/core';
import { quoted } from '../wording/show-text.ts';
import { nodeClock } from './clock.ts';
import { classicEndpoint, createDial, type DialOptions, endpoint } from './dial-relay.ts';
import { nodeBulkCrypto } from './node-bulk-crypto.ts';
import { loadZstd } from './node-zstd.ts';

export interface PortOptions {
  /** The classic wire, and whether it is encrypted; null for version 2, which always is. */
  classic: { encrypt: boolean } | null;
  /** A file of certificates to trust besides the system's. */
  caFile: string | undefined;
}

/** Errors: `relay-unreachable` for a file of certificates that can't be used. */
export async function createNodePorts({ classic, caFile }: PortOptions): Promise<EnginePorts> {
  const dial: DialOptions = {
    endpoint: classic === null ? endpoint : classicEndpoint,
    isSealed: classic?.encrypt ?? true,
    ...(caFile !== undefined && { ca: await readCertificates(caFile) }),
  };
  return { dial: createDial(dial), clock: nodeClock, loadZstd, bulk: nodeBulkCrypto };
}

async function readCertificates(file: string): Promise<string> {
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
