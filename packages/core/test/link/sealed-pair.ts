// The two ends of a sealed connection in memory, as after a handshake.
import { webBulkCrypto } from '../../src/crypto/web-bulk-crypto.ts';
import { SealedLane } from '../../src/link/sealed-connection.ts';
import { channelPair, type PairedChannel } from './channel-pair.ts';

export interface SealedEnd {
  connection: SealedLane;
  channel: PairedChannel;
}

/** @param sessionKey the handshake's, the same at both ends */
export async function sealedPair(
  sessionKey = new Uint8Array(64).fill(5),
): Promise<[sender: SealedEnd, receiver: SealedEnd]> {
  const [a, b] = channelPair();
  return [
    { channel: a, connection: await SealedLane.create(a, 'sender', sessionKey, webBulkCrypto) },
    { channel: b, connection: await SealedLane.create(b, 'receiver', sessionKey, webBulkCrypto) },
  ];
}
