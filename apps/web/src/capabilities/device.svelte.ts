// Whether this device has a network at all, as far as its browser knows.

class Device {
  /** False doesn't mean that anything can be reached. */
  isOffline = $state(globalThis.navigator?.onLine === false);
}

/** One for the page, which keeps it up to date. */
export const device = new Device();
