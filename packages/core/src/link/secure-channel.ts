// From a channel to a sealed connection: the handshake, each half of it in time, then its keys. Every connection of every meeting
// begins here. docs/PROTOCOL.md sections 6 and 7.
import type { Bytes } from '../foundation/bytes.ts';
import type { Clock } from '../foundation/clock.ts';
import type { BulkCrypto } from '../ports/bulk-crypto.ts';
import type { Channel } from '../ports/channel.ts';
import { confirmKey, exchangeShares, type HandshakeInputs } from './handshake.ts';
import { SealedConnection } from './sealed-connection.ts';

/** How long the other end may take for each half of the handshake. */
const HANDSHAKE_DEADLINE_MS = 30_000;

/** A connection, and the key from which all others of its session are derived if it is the session’s first. */
export interface SecuredChannel {
  connection: SealedConnection;
  /** 64 bytes. */
  sessionKey: Bytes;
}

/**
 * Shakes hands on a channel and seals it. After an error the channel is as the handshake left it: the caller closes
 * it.
 * @param onShares told of the session key between the halves: the other end has this one's share, and none is
 * confirmed
 * @throws TransferError those of `exchangeShares` and `confirmKey`; `peer-gone` when the other end falls silent
 */
export async function secureChannel(
  channel: Channel,
  inputs: HandshakeInputs,
  { clock, bulk }: { clock: Clock; bulk: BulkCrypto },
  onShares: (sessionKey: Bytes) => void = () => {},
): Promise<SecuredChannel> {
  const unconfirmed = await inTime(clock, channel, exchangeShares(channel, inputs));
  const { sessionKey, features } = unconfirmed;
  onShares(sessionKey);
  await inTime(clock, channel, confirmKey(channel, unconfirmed));
  const connection = await SealedConnection.create(channel, inputs.role, sessionKey, bulk, features);
  return { connection, sessionKey };
}

/** A half of a handshake with its deadline. */
async function inTime<T>(clock: Clock, channel: Channel, half: Promise<T>): Promise<T> {
  const stop = clock.after(HANDSHAKE_DEADLINE_MS, () => channel.terminate());
  try {
    return await half;
  } finally {
    stop();
  }
}
