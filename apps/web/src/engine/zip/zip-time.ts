// Time of change of an entry in a .zip. Its headers hold even seconds of local time from 1980 to 2107. Info-ZIP's extended timestamp holds
// seconds of UTC; it is left out before 1970 and after 2038, where most programs read another century out of it (1950 is 2086 to 7-Zip and
// bsdtar). NTFS' field holds those, for programs that know it; the others read the nearest date of the header.

const EARLIEST_MS = new Date(1980, 0, 1).getTime();
const LATEST_MS = new Date(2107, 11, 31, 23, 59, 58).getTime();
const EXTENDED_TIMESTAMP = 0x5455;
const HAS_MODIFIED = 1;
const LATEST_EXTENDED_S = 2 ** 31 - 1;
const NTFS = 0x000a;
const NTFS_TIMES = 1;
/** 1601-01-01, from which NTFS counts units of 100 ns. */
const NTFS_EPOCH_MS = Date.UTC(1601, 0, 1);
const NTFS_UNITS_PER_MS = 10_000n;
const LATEST_NTFS = 2n ** 63n - 1n;

/** The nearest time that a header can hold: u16 of the time of day, with u16 of the date above it. */
export function headerTime(modifiedMs: number): number {
  const date = new Date(Math.min(Math.max(modifiedMs, EARLIEST_MS), LATEST_MS));
  const time = (date.getHours() << 11) | (date.getMinutes() << 5) | (date.getSeconds() >> 1);
  const day = ((date.getFullYear() - 1980) << 9) | ((date.getMonth() + 1) << 5) | date.getDate();
  return ((day << 16) | time) >>> 0;
}

/** The exact time as extra fields, the same in both headers of an entry; empty for what no field can hold. */
export function timeFields(modifiedMs: number): Uint8Array {
  const seconds = Math.floor(modifiedMs / 1000);
  if (seconds >= 0 && seconds <= LATEST_EXTENDED_S) return extendedTimestamp(seconds);
  const units = BigInt(Math.floor(modifiedMs) - NTFS_EPOCH_MS) * NTFS_UNITS_PER_MS;
  return units >= 0n && units <= LATEST_NTFS ? ntfsTimes(units) : new Uint8Array(0);
}

function extendedTimestamp(seconds: number): Uint8Array {
  const field = new DataView(new ArrayBuffer(9));
  field.setUint16(0, EXTENDED_TIMESTAMP, true);
  field.setUint16(2, 5, true);
  field.setUint8(4, HAS_MODIFIED);
  field.setInt32(5, seconds, true);
  return new Uint8Array(field.buffer);
}

/** Times of change, access and creation, of which only the first is known. */
function ntfsTimes(units: bigint): Uint8Array {
  const field = new DataView(new ArrayBuffer(36));
  field.setUint16(0, NTFS, true);
  field.setUint16(2, 32, true);
  field.setUint16(8, NTFS_TIMES, true);
  field.setUint16(10, 24, true);
  for (const at of [12, 20, 28]) field.setBigUint64(at, units, true);
  return new Uint8Array(field.buffer);
}
