// The device of one's own with which a noted transfer goes on, as the file of devices says: at its start, and while it runs.
import { DeviceStore, DevicesError } from '../../state/devices/device-store.ts';
import { followDevices, Membership } from '../../state/devices/follow-devices.ts';
import { UsageError } from '../terminal/exit-codes.ts';

/** Whether a noted transfer's device is one's own, until `stop`. */
export interface NotedDevice {
  /** Aborted once it is none any more; at once where it is none now. */
  leaving: AbortSignal;
  /** Whether what it offers may be taken without asking: not while the lists of two devices differ. */
  mayTake(): boolean;
  stop(): void;
}

/**
 * @param key in hex
 * @throws UsageError for a file that can't be used
 */
export async function watchNotedDevice(key: string, store?: DeviceStore): Promise<NotedDevice> {
  try {
    const devices = store ?? new DeviceStore();
    const stamp = devices.stamp();
    const membership = new Membership(await devices.read());
    const leaving = membership.leaving(key);
    const stop = leaving.aborted
      ? () => {}
      : followDevices(devices, (device) => membership.note(device), stamp);
    const publicKey = new Uint8Array(Buffer.from(key, 'hex'));
    const mayTake = () => membership.device?.group?.mayAcceptByRule(publicKey) === true;
    return { leaving, mayTake, stop };
  } catch (error) {
    if (error instanceof DevicesError) throw new UsageError(error.message, error.next);
    throw error;
  }
}

/** The device of a noted transfer was removed, so its note is gone. */
export function forgottenError(): UsageError {
  return new UsageError(
    'That device is none of yours any more, so this transfer is forgotten.',
    'Pair it again, and send again.',
  );
}
