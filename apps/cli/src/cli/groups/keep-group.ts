// Keeps what this device learns of its group: merged with what other processes have kept, and with nothing left that a removed device
// could go on with.
import { hexOf, type Member, type OwnGroup, TransferError } from '@p2p-copy/core';
import type { OwnDevice } from '../../state/devices/device-file.ts';
import { asStoreFailure, type DeviceStore } from '../../state/devices/device-store.ts';
import type { TransferStore } from '../../state/transfer-store.ts';
import { openStore } from '../runs/kept-transfer.ts';

/**
 * What another member told.
 * @returns all that is kept
 * @throws TransferError `sink-failed`; `group-changed` where this device is in another group by now
 */
export async function keepGroup(store: DeviceStore, group: OwnGroup): Promise<OwnGroup> {
  const device = await changeGroup(store, async (kept) => {
    const { kind, removed } = kept.absorb(group);
    if (kind === 'foreign') throw new TransferError('group-changed');
    return removed;
  }).catch((error: unknown) => {
    throw asStoreFailure(error);
  });
  return device.group!;
}

/**
 * Changes the group as it is kept now.
 * @param change gives the members that are none any more
 * @throws DevicesError; TransferError `group-changed` where there is none any more
 */
export async function changeGroup(
  store: DeviceStore,
  change: (group: OwnGroup) => Promise<readonly Member[]>,
): Promise<OwnDevice> {
  let removed: string[] = [];
  // What can't be forgotten is told before anything has changed.
  const transfers = openStore();
  const device = await store.update(async (kept) => {
    if (kept === null || kept.group === null) throw new TransferError('group-changed');
    const before = [...kept.group.chain.members.keys()];
    const gone = await change(kept.group);
    // Whoever was removed itself has nothing to do with any of them.
    removed = kept.group.isOut ? before : gone.map(({ publicKey }) => hexOf(publicKey));
    return kept;
  });
  forgetTransfers(removed, transfers);
  return device;
}

/** A secret that was kept for a transfer with a device which isn't one's own any more. */
export function forgetTransfers(keys: readonly string[], transfers: TransferStore): void {
  for (const key of keys) transfers.removeOfDevice(key);
}
