// What Node gives the engine.
import {
  type DialRelay,
  type EnginePorts,
  type PlatformPorts,
  type Rooms,
  relayRendezvous,
  relayRooms,
} from '@p2p-copy/core';
import { quicNetwork } from './direct/quic/quic-network.ts';
import { rtcNetwork } from './direct/rtc/rtc-network.ts';
import { tcpNetwork } from './direct/tcp-network.ts';
import { createDial, type DialOptions, endpoint } from './network/dial-relay.ts';
import { readCertificates } from './network/trust/read-certificates.ts';
import { createBulkCrypto } from './node-bulk-crypto.ts';
import { SealedBuffers } from './sealed-buffers.ts';
import { nodeClock } from './time/clock.ts';
import { loadZstd, prepareZstd } from './zstd/node-zstd.ts';

export interface PortOptions {
  /** A file of certificates to trust besides the system's. */
  caFile: string | undefined;
  /** The access token for relays of an origin; none by default. */
  tokenFor?: (origin: string) => string | null;
}

/** What an engine gets, and the rooms in which devices are present. */
export interface NodePorts extends EnginePorts {
  roomsAt(relayUrl: string): Rooms;
}

/** @throws TransferError `relay-unreachable` for a file of certificates that can't be used */
export async function createNodePorts({ caFile, tokenFor }: PortOptions): Promise<NodePorts> {
  let isProxied = false;
  const onProxy = () => {
    isProxied = true;
  };
  const { dial, onWritten, ...platform } = await createPlatform(
    { endpoint, isSealed: true, onProxy },
    caFile,
  );
  const traits = { onWritten, staysNear: () => isProxied };
  const quic = quicNetwork(traits);
  const rtc = rtcNetwork(traits);
  return {
    ...platform,
    rendezvousAt: relayRendezvous(dial, nodeClock, tokenFor),
    roomsAt: (relayUrl) => relayRooms(dial, nodeClock, relayUrl, tokenFor),
    direct: tcpNetwork(traits),
    ...(quic && { quic }),
    ...(rtc && { rtc }),
  };
}

/**
 * What engines of any wire need, and how they dial.
 * @throws TransferError as `createNodePorts`
 */
export async function createPlatform(
  options: Pick<DialOptions, 'endpoint' | 'isSealed' | 'onProxy'>,
  caFile: string | undefined,
): Promise<PlatformPorts & { dial: DialRelay; onWritten(message: Uint8Array<ArrayBuffer>): void }> {
  const buffers = new SealedBuffers();
  const onWritten = (message: Uint8Array<ArrayBuffer>) => buffers.giveBack(message);
  const dial = createDial({
    ...options,
    onWritten,
    ...(caFile !== undefined && { ca: await readCertificates(caFile) }),
  });
  return { dial, onWritten, clock: nodeClock, prepareZstd, loadZstd, bulk: createBulkCrypto(buffers) };
}
