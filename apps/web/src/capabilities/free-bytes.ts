// How much room this browser's storage has.

/** What Chromium says to every page on a large disk, so that no page knows the device by it: it means nothing. */
const UNTOLD_BYTES = 10 * 1024 ** 3;

/** Bytes free in this browser's storage; null when it doesn't say. */
export async function freeBytes(): Promise<number | null> {
  try {
    const { quota, usage = 0 } = await navigator.storage.estimate();
    if (quota === undefined || quota - usage === UNTOLD_BYTES) return null;
    return Math.max(0, quota - usage);
  } catch {
    return null;
  }
}
