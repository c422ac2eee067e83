// What Node gives the classic engines.
import type { ClassicPorts } from '@p2p-copy/core/classic';
import { classicEndpoint } from '@p2p-copy/core/classic';
import { relayUrlError } from '../../node/network/dial-relay.ts';
import { createPlatform, type PortOptions } from '../../node/node-ports.ts';

/**
 * @param encrypt whether the classic wire is encrypted
 * @throws TransferError as `createNodePorts`
 */
export function createClassicPorts({
  encrypt,
  caFile,
}: PortOptions & { encrypt: boolean }): Promise<ClassicPorts> {
  return createPlatform({ endpoint, isSealed: encrypt }, caFile);
}

/** @throws TransferError `relay-unreachable` */
export function endpoint(relayUrl: string): URL {
  const url = classicEndpoint(relayUrl);
  if (url === null) throw relayUrlError(relayUrl);
  return new URL(url);
}
