// What Node gives the engines, for each wire.
import { type ClassicPorts, type EnginePorts, type PlatformPorts, relayRendezvous } from '@p2p-copy/core';
import { nodeClock } from './clock.ts';
import { classicEndpoint, createDial, type DialOptions, endpoint } from './network/dial-relay.ts';
import { readCertificates } from './network/read-certificates.ts';
import { createBulkCrypto } from './node-bulk-crypto.ts';
import { SealedBuffers } from './sealed-buffers.ts';
import { loadZstd } from './zstd/node-zstd.ts';

export interface PortOptions {
  /** A file of certificates to trust besides the system's. */
  caFile: string | undefined;
  /** The access token for relays of an origin; none by default. */
  tokenFor?: (origin: string) => string | null;
}

/** Errors: `relay-unreachable` for a file of certificates that can't be used. */
export async function createNodePorts({ caFile, tokenFor }: PortOptions): Promise<EnginePorts> {
  const { dial, ...platform } = await platformAndDial({ endpoint, isSealed: true }, caFile);
  return { ...platform, rendezvousAt: relayRendezvous(dial, nodeClock, tokenFor) };
}

/** @param encrypt whether the classic wire is encrypted. Errors: as `createNodePorts`. */
export function createClassicPorts({
  encrypt,
  caFile,
}: PortOptions & { encrypt: boolean }): Promise<ClassicPorts> {
  return platformAndDial({ endpoint: classicEndpoint, isSealed: encrypt }, caFile);
}

async function platformAndDial(
  options: Pick<DialOptions, 'endpoint' | 'isSealed'>,
  caFile: string | undefined,
): Promise<PlatformPorts & Pick<ClassicPorts, 'dial'>> {
  const buffers = new SealedBuffers();
  const dial = createDial({
    ...options,
    onWritten: (message) => buffers.giveBack(message),
    ...(caFile !== undefined && { ca: await readCertificates(caFile) }),
  });
  return { dial, clock: nodeClock, loadZstd, bulk: createBulkCrypto(buffers) };
}
