// The entries of a .zip below 4 GiB, by its central directory, held against their local headers and content.
import { expect } from 'vitest';
import { crc32 } from '../../../src/engine/zip/crc32.ts';

export interface PackedEntry {
  /** Type and permissions, octal. */
  mode: string;
  /** Date and time of the header, which have no zone. */
  headerTime: string;
  /** Extra fields by their ids, each as the hex digits of its bytes. */
  fields: Record<string, string>;
  /** Seconds since 1970 by Info-ZIP's field. */
  seconds: number | null;
  content: string;
}

export function entriesInZip(zip: Buffer): Record<string, PackedEntry> {
  const entries: Record<string, PackedEntry> = {};
  const end = zip.lastIndexOf('PK\x05\x06', undefined, 'latin1');
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const [nameBytes, extraBytes] = [zip.readUInt16LE(at + 28), zip.readUInt16LE(at + 30)];
    const name = zip.toString('utf8', at + 46, at + 46 + nameBytes);
    const fields = fieldsIn(zip.subarray(at + 46 + nameBytes, at + 46 + nameBytes + extraBytes));
    const timestamp = fields['5455'];
    entries[name] = {
      mode: (zip.readUInt32LE(at + 38) >>> 16).toString(8),
      headerTime: headerTimeOf(zip.readUInt32LE(at + 12)),
      fields,
      seconds: timestamp === undefined ? null : Buffer.from(timestamp, 'hex').readInt32LE(1),
      content: contentOf(zip, at, fields),
    };
    at += 46 + nameBytes + extraBytes;
  }
  expect(at, 'the directory ends at its end').toBe(end);
  return entries;
}

/** @param at the entry's header in the directory */
function contentOf(zip: Buffer, at: number, fields: Record<string, string>): string {
  const local = zip.readUInt32LE(at + 42);
  const isFolder = zip.readUInt8(at + 38) === 0x10;
  // Version, flags, method and time stand in both.
  expect(zip.subarray(local + 4, local + 14)).toEqual(zip.subarray(at + 6, at + 16));
  expect(zip.readUInt16LE(local + 6)).toBe(isFolder ? 0x0800 : 0x0808);
  const nameBytes = zip.readUInt16LE(local + 26);
  const contentAt = local + 30 + nameBytes + zip.readUInt16LE(local + 28);
  expect(zip.subarray(local + 30, local + 30 + nameBytes)).toEqual(
    zip.subarray(at + 46, at + 46 + nameBytes),
  );
  const { '1': longSizes, ...others } = fieldsIn(zip.subarray(local + 30 + nameBytes, contentAt));
  expect(others).toEqual(fields);
  const sizeBytes = zip.readUInt32LE(at + 20);
  const content = zip.subarray(contentAt, contentAt + sizeBytes);
  expect(zip.readUInt32LE(at + 16)).toBe(crc32(content));
  if (!isFolder) {
    const descriptor = zip.subarray(contentAt + sizeBytes);
    expect(descriptor.toString('latin1', 0, 4)).toBe('PK\x07\x08');
    expect(descriptor.readUInt32LE(4)).toBe(zip.readUInt32LE(at + 16));
    const sizes =
      longSizes === undefined
        ? [descriptor.readUInt32LE(8), descriptor.readUInt32LE(12)]
        : [Number(descriptor.readBigUInt64LE(8)), Number(descriptor.readBigUInt64LE(16))];
    expect(sizes).toEqual([sizeBytes, sizeBytes]);
  }
  return content.toString('latin1');
}

function fieldsIn(extra: Buffer): Record<string, string> {
  const fields: Record<string, string> = {};
  let at = 0;
  while (at < extra.length) {
    const fieldBytes = extra.readUInt16LE(at + 2);
    fields[extra.readUInt16LE(at).toString(16)] = extra.toString('hex', at + 4, at + 4 + fieldBytes);
    at += 4 + fieldBytes;
  }
  expect(at).toBe(extra.length);
  return fields;
}

function headerTimeOf(value: number): string {
  const [day, time] = [value >>> 16, value & 0xffff];
  const date = [1980 + (day >> 9), (day >> 5) & 15, day & 31];
  const clock = [time >> 11, (time >> 5) & 63, 2 * (time & 31)];
  const padded = (numbers: number[]) => numbers.map((number) => String(number).padStart(2, '0'));
  return `${padded(date).join('-')} ${padded(clock).join(':')}`;
}
