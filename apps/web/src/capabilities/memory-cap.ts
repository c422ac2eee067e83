// How much is received into memory where a browser has no other place.

/** What a phone's browser bears in one tab. */
const MAX_BYTES = 500_000_000;
/** Of a device's memory, where the browser tells how much there is. */
const SHARE = 1 / 8;

export function memoryCapBytes(): number {
  const { deviceMemory } = navigator;
  return deviceMemory === undefined ? MAX_BYTES : Math.min(MAX_BYTES, deviceMemory * 1024 ** 3 * SHARE);
}
