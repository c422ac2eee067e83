// What Node gives the engines.
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { type EnginePorts, TransferError } from '@p2p-copy/core';
import { quoted } from '../wording/show-text.ts';
import { nodeClock } from './clock.ts';
import { classicEndpoint, createDial, type DialOptions, endpoint } from './dial-relay.ts';
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
  return { dial: createDial(dial), clock: nodeClock, loadZstd };
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
  try {
    if (!text.includes('-----BEGIN CERTIFICATE-----')) throw unusable('holds none in PEM format');
    createSecureContext({ ca: text });
  } catch (cause) {
    throw cause instanceof TransferError ? cause : unusable('is damaged', cause);
  }
  return text;
}
