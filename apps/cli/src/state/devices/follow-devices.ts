// Which devices are one's own, while a process runs: what another process with the same folder changes is seen, and whatever goes on with
// a device that is removed is told so.
import { nodeClock } from '../../node/time/clock.ts';
import type { OwnDevice } from './device-file.ts';
import { type DeviceStore, DevicesError } from './device-store.ts';

/** How often the file is looked at. */
const LOOK_EVERY_MS = 1_000;

/**
 * Tells what the file holds each time that it has changed; a file that can't be read for a moment is looked at again.
 * @param known the stamp of what is known already
 * @returns what stops it
 */
export function followDevices(
  store: DeviceStore,
  onChanged: (device: OwnDevice | null) => void | Promise<void>,
  known = store.stamp(),
): () => void {
  let isOver = false;
  let cancel = () => {};
  const later = () => {
    if (!isOver) cancel = nodeClock.after(LOOK_EVERY_MS, () => void look());
  };
  const look = async () => {
    const stamp = store.stamp();
    if (stamp !== known) {
      try {
        const device = await store.read();
        known = stamp;
        if (!isOver) await onChanged(device);
      } catch (error) {
        if (!(error instanceof DevicesError)) throw error;
      }
    }
    later();
  };
  later();
  return () => {
    isOver = true;
    cancel();
  };
}

/** Whether the device of that key, in hex, and this one are in one group. */
export function isMember(device: OwnDevice | null, key: string): boolean {
  if (device === null || device.group === null || device.group.isOut) return false;
  return device.group.chain.members.has(key);
}

/** Signals for what goes on with a member, each aborted once that device, or this one, is none any more. */
export class Membership {
  readonly #leaving = new Map<string, AbortController>();
  #device: OwnDevice | null;

  constructor(device: OwnDevice | null) {
    this.#device = device;
  }

  /** As it is kept by now; null where there is none. */
  get device(): OwnDevice | null {
    return this.#device;
  }

  /** @param key in hex */
  leaving(key: string): AbortSignal {
    if (!isMember(this.#device, key)) return AbortSignal.abort('end');
    const leaving = this.#leaving.get(key) ?? new AbortController();
    this.#leaving.set(key, leaving);
    return leaving.signal;
  }

  /** What is kept by now. One that is paired anew begins anew. */
  note(device: OwnDevice | null): void {
    this.#device = device;
    for (const [key, leaving] of this.#leaving) {
      if (isMember(device, key)) continue;
      this.#leaving.delete(key);
      // Nobody goes on with it, and the other side is told so.
      leaving.abort('end');
    }
  }
}
