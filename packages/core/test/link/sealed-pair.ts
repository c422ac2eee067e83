// The two ends of a sealed connection in memory, as after a handshake.
import { webBulkCrypto } from '../../src/crypto/web-bulk-crypto.ts';
import { SealedConnection } from '../../src/link/sealed-connection.ts';
import { channelPair, type PairedChannel } from './channel-pair.ts';

export interface SealedEnd {
  connection: SealedConnection;
  channel: PairedChannel;
}

/** @param sessionKey the handshake's, the same at both ends */
export async function sealedPair(
  sessionKey = new Uint8Array(64).fill(5),
): Promise<[sender: SealedEnd, receiver: SealedEnd]> {
  const [a, b] = channelPair();
  return [
    { channel: a, connection: await SealedConnection.create(a, 'sender', sessionKey, webBulkCrypto) },
    { channel: b, connection: await SealedConnection.create(b, 'receiver', sessionKey, webBulkCrypto) },
  ];
}
