// Meets a device of the group under a key that one of the two told the other in a room. docs/PROTOCOL.md section 20.
import { withTimeLimit } from '../async/time-limit.ts';
import { webBulkCrypto } from '../crypto/web-bulk-crypto.ts';
import { encodeBase64url } from '../foundation/base64url.ts';
import type { Clock } from '../foundation/clock.ts';
import { TransferError } from '../foundation/errors.ts';
import type { MetSession } from '../link/met-session.ts';
import { type DeviceSessionOptions, meetDevice } from '../pairing/device-session.ts';
import type { BulkCrypto } from '../ports/bulk-crypto.ts';
import type { Channel } from '../ports/channel.ts';
import type { Rendezvous } from '../ports/rendezvous.ts';
import { DEVICE_MEET_MS } from '../wire/limits.ts';

/** What two devices meet by. */
export interface DeviceMeetingPorts {
  rendezvous: Rendezvous;
  clock: Clock;
  bulk?: BulkCrypto;
}

/**
 * Resolves when both have proved themselves. The connection is the caller's.
 * @throws TransferError `peer-gone` when the other device doesn't come; those of `Rendezvous.meet` and `meetDevice`; `interrupted`
 */
export async function meetDeviceAt(
  { rendezvous, clock, bulk = webBulkCrypto }: DeviceMeetingPorts,
  options: DeviceSessionOptions,
  signal: AbortSignal,
): Promise<MetSession> {
  const { role, rendezvousKey } = options;
  const channel = await metInTime(
    (until) => rendezvous.meet(encodeBase64url(rendezvousKey), role, until),
    clock,
    signal,
  );
  const drop = () => channel.terminate();
  signal.addEventListener('abort', drop, { once: true });
  try {
    if (signal.aborted) throw new TransferError('interrupted');
    const { met } = await meetDevice(channel, options, { clock, bulk });
    return met;
  } catch (error) {
    channel.terminate();
    throw signal.aborted ? new TransferError('interrupted', undefined, { cause: error }) : error;
  } finally {
    signal.removeEventListener('abort', drop);
  }
}

async function metInTime(
  meet: (until: AbortSignal) => Promise<Channel>,
  clock: Clock,
  signal: AbortSignal,
): Promise<Channel> {
  let isOver = () => false;
  const meetUntil = (until: AbortSignal) => {
    isOver = () => until.aborted;
    return meet(until);
  };
  try {
    return await withTimeLimit(meetUntil, { clock, signal, limitMs: DEVICE_MEET_MS });
  } catch (error) {
    throw isOver() && !signal.aborted ? new TransferError('peer-gone', undefined, { cause: error }) : error;
  }
}
