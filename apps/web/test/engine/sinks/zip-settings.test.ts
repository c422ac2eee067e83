// Dates and permissions in a .zip, as its central directory says them.
import { makeZip } from 'client-zip';
import { expect, test } from 'vitest';
import { zipSettings } from '../../../src/engine/storage/zip-settings.ts';

/** Year and permission bits of the only file in a .zip. */
async function packed(file: Parameters<typeof zipSettings>[0]) {
  const zip = Buffer.from(
    await new Response(makeZip([{ name: 'f', input: 'x', ...zipSettings(file) }])).arrayBuffer(),
  );
  const at = zip.readUInt32LE(zip.lastIndexOf('PK\x05\x06', undefined, 'latin1') + 16);
  return {
    year: 1980 + (zip.readUInt16LE(at + 14) >> 9),
    mode: ((zip.readUInt32LE(at + 38) >>> 16) & 0o777).toString(8),
  };
}

test.each([
  [Date.UTC(1950, 5), 1980],
  [Date.UTC(1969, 11, 31), 1980],
  [Date.UTC(2001, 5), 2001],
  [Date.UTC(2150, 5), 2107],
  [Number.MAX_SAFE_INTEGER, 2107],
])('the time %d is the nearest that a .zip holds', async (modifiedMs, year) => {
  expect((await packed({ modifiedMs })).year).toBe(year);
});

test('a program stays one, and what is private is', async () => {
  const modifiedMs = null;
  expect((await packed({ modifiedMs, executable: true })).mode).toBe('755');
  expect((await packed({ modifiedMs, executable: true, mode: 0o700 })).mode).toBe('700');
  expect((await packed({ modifiedMs, executable: false, mode: 0o600 })).mode).toBe('600');
  // Nothing that wasn't shown as one.
  expect((await packed({ modifiedMs, executable: false, mode: 0o755 })).mode).toBe('644');
});
