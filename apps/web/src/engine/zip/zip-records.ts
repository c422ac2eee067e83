// The records of a .zip around stored content, in the order in which they are written: PKWARE's APPNOTE 4.3.7, 4.3.9, 4.3.12, 4.3.14 to
// 4.3.16. Names are UTF-8 and say so. All numbers are little-endian; what is too large for its place is in a Zip64 field or record.

/** From here on a number is in a Zip64 field: the value itself says so in the place that is too small. */
export const ZIP64_BYTES = 0xffffffff;
const ZIP64_ENTRIES = 0xffff;
/** Version 4.5 of the format has Zip64, version 2.0 folders. */
const ZIP64_VERSION = 45;
const PLAIN_VERSION = 20;
/** High byte of the version that made it: the external attributes hold a mode of Unix. */
const MADE_ON_UNIX = 3 << 8;
const MSDOS_FOLDER = 0x10;
/** Bit 3: sizes and CRC follow the content. */
const HAS_DESCRIPTOR = 0x0008;
const IS_UTF8 = 0x0800;
const ZIP64_FIELD = 0x0001;

/** What stands of an entry in both of its headers. */
export interface EntryHeader {
  name: Uint8Array;
  /** As `headerTime` gives it. */
  time: number;
  /** As `timeFields` gives it. */
  timeFields: Uint8Array;
  /** Type and permissions of Unix. */
  mode: number;
  isFolder: boolean;
  /** Whether its sizes are 8 bytes behind its content, to be decided before it is known. */
  hasLongSizes: boolean;
}

/** What is known of an entry once its content is written. */
export interface WrittenEntry {
  sizeBytes: number;
  crc: number;
  /** Of its local header. */
  offset: number;
}

export function localHeader(header: EntryHeader): Uint8Array {
  const { name, time, timeFields, hasLongSizes } = header;
  const sizes = hasLongSizes ? zip64Field([0, 0]) : new Uint8Array(0);
  const record = new Record(30, name, sizes, timeFields);
  const unknownBytes = hasLongSizes ? ZIP64_BYTES : 0;
  record.u32(0x04034b50).u16(versionFor(hasLongSizes)).u16(flagsOf(header)).u16(0).u32(time);
  record.u32(0).u32(unknownBytes).u32(unknownBytes);
  return record.u16(name.length).u16(sizes.length + timeFields.length).bytes;
}

export function dataDescriptor({ hasLongSizes }: EntryHeader, { sizeBytes, crc }: WrittenEntry): Uint8Array {
  const record = new Record(hasLongSizes ? 24 : 16).u32(0x08074b50).u32(crc);
  return hasLongSizes
    ? record.u64(sizeBytes).u64(sizeBytes).bytes
    : record.u32(sizeBytes).u32(sizeBytes).bytes;
}

export function directoryHeader(header: EntryHeader, { sizeBytes, crc, offset }: WrittenEntry): Uint8Array {
  const { name, time, timeFields, mode, isFolder, hasLongSizes } = header;
  const long = [
    ...(sizeBytes >= ZIP64_BYTES ? [sizeBytes, sizeBytes] : []),
    ...(offset >= ZIP64_BYTES ? [offset] : []),
  ];
  const longField = long.length > 0 ? zip64Field(long) : new Uint8Array(0);
  const record = new Record(46, name, longField, timeFields);
  record
    .u32(0x02014b50)
    .u16(MADE_ON_UNIX | ZIP64_VERSION)
    .u16(versionFor(hasLongSizes || long.length > 0));
  record.u16(flagsOf(header)).u16(0).u32(time).u32(crc);
  record.u32(Math.min(sizeBytes, ZIP64_BYTES)).u32(Math.min(sizeBytes, ZIP64_BYTES));
  record.u16(name.length).u16(longField.length + timeFields.length);
  // Comment, disk, internal attributes.
  record.u16(0).u16(0).u16(0);
  return record.u32(((mode << 16) | (isFolder ? MSDOS_FOLDER : 0)) >>> 0).u32(Math.min(offset, ZIP64_BYTES))
    .bytes;
}

/** The end of the directory, which lies at `offset`: with Zip64's record and locator before it where one of the numbers needs them. */
export function endOfDirectory(entries: number, sizeBytes: number, offset: number): Uint8Array {
  const isLong = entries >= ZIP64_ENTRIES || sizeBytes >= ZIP64_BYTES || offset >= ZIP64_BYTES;
  const record = new Record(isLong ? 76 + 22 : 22);
  if (isLong) {
    record
      .u32(0x06064b50)
      .u64(44)
      .u16(MADE_ON_UNIX | ZIP64_VERSION)
      .u16(ZIP64_VERSION)
      .u32(0)
      .u32(0);
    record.u64(entries).u64(entries).u64(sizeBytes).u64(offset);
    record
      .u32(0x07064b50)
      .u32(0)
      .u64(offset + sizeBytes)
      .u32(1);
  }
  const shownEntries = Math.min(entries, ZIP64_ENTRIES);
  record.u32(0x06054b50).u16(0).u16(0).u16(shownEntries).u16(shownEntries);
  return record.u32(Math.min(sizeBytes, ZIP64_BYTES)).u32(Math.min(offset, ZIP64_BYTES)).u16(0).bytes;
}

function versionFor(isLong: boolean): number {
  return isLong ? ZIP64_VERSION : PLAIN_VERSION;
}

function flagsOf({ isFolder }: EntryHeader): number {
  return isFolder ? IS_UTF8 : IS_UTF8 | HAS_DESCRIPTOR;
}

function zip64Field(numbers: readonly number[]): Uint8Array {
  const record = new Record(4 + 8 * numbers.length).u16(ZIP64_FIELD).u16(8 * numbers.length);
  for (const number of numbers) record.u64(number);
  return record.bytes;
}

/** Numbers, one after the other, before what follows them. */
class Record {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(numbersBytes: number, ...following: readonly Uint8Array[]) {
    this.bytes = new Uint8Array(following.reduce((sum, { length }) => sum + length, numbersBytes));
    this.#view = new DataView(this.bytes.buffer);
    let at = numbersBytes;
    for (const bytes of following) {
      this.bytes.set(bytes, at);
      at += bytes.length;
    }
  }

  u16(value: number): this {
    this.#view.setUint16(this.#at, value, true);
    this.#at += 2;
    return this;
  }

  u32(value: number): this {
    this.#view.setUint32(this.#at, value, true);
    this.#at += 4;
    return this;
  }

  u64(value: number): this {
    this.#view.setBigUint64(this.#at, BigInt(value), true);
    this.#at += 8;
    return this;
  }
}
