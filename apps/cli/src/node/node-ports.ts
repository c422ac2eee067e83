// What Node gives the engines.
import type { EnginePorts } from '@p2p-copy/core';
import { nodeClock } from './clock.ts';
import { classicEndpoint, createDial, type DialOptions, endpoint } from './dial-relay.ts';
import { createBulkCrypto } from './node-bulk-crypto.ts';
import { loadZstd } from './node-zstd.ts';
import { readCertificates } from './read-certificates.ts';
import { SealedBuffers } from './sealed-buffers.ts';

export interface PortOptions {
  /** The classic wire, and whether it is encrypted; null for version 2, which always is. */
  classic: { encrypt: boolean } | null;
  /** A file of certificates to trust besides the system's. */
  caFile: string | undefined;
}

/** Errors: `relay-unreachable` for a file of certificates that can't be used. */
export async function createNodePorts({ classic, caFile }: PortOptions): Promise<EnginePorts> {
  const buffers = new SealedBuffers();
  const dial: DialOptions = {
    endpoint: classic === null ? endpoint : classicEndpoint,
    isSealed: classic?.encrypt ?? true,
    onWritten: (message) => buffers.giveBack(message),
    ...(caFile !== undefined && { ca: await readCertificates(caFile) }),
  };
  return { dial: createDial(dial), clock: nodeClock, loadZstd, bulk: createBulkCrypto(buffers) };
}
