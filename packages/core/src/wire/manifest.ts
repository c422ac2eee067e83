// What is offered: entries, in pages so that a million fit. docs/PROTOCOL.md sections 9 and 10.
import { type Bytes, utf8 } from '../foundation/bytes.ts';
import { TransferError } from '../foundation/errors.ts';
import { type EntryKind, hasContent, type ManifestEntry } from '../ports/entry.ts';
import { asFields, type Fields, flagField, optionalIntegerField, stringField, violation } from './fields.ts';
import {
  MANIFEST_PAGE_BYTES,
  MAX_ENTRIES,
  MAX_MODE,
  MAX_PAGE_ENTRIES,
  MAX_PATHS_BYTES,
  MAX_TEXT_BYTES,
} from './limits.ts';

/** How much there is. */
export interface ContentCount {
  /** Files and texts; folders and links are not counted. */
  files: number;
  /** Sum of the known sizes. */
  bytes: number;
  /** Whether an entry's size is unknown, so that `bytes` is a lower bound. */
  unsized: boolean;
}

/** The whole offer, as shown to a person. */
export interface Manifest extends ContentCount {
  entries: ManifestEntry[];
  /** Files and folders that the sender says it could not send; absent when it says none. */
  unsent?: number;
  /** What is accepted with it, once it was checked: a digest over all entries. Classic has none. */
  pin?: Bytes;
}

/**
 * The entries as they stand in a `manifest` message, cut into pages of at most MAX_PAGE_ENTRIES and about MANIFEST_PAGE_BYTES.
 * @param hasModes whether the receiver has the feature `modes`
 */
export function* manifestPages(
  entries: readonly Omit<ManifestEntry, 'index'>[],
  hasModes = false,
): Generator<Fields[]> {
  let page: Fields[] = [];
  let pageBytes = 0;
  for (const entry of entries) {
    const line = encodeEntry(entry, hasModes);
    page.push(line);
    pageBytes += utf8(JSON.stringify(line)).length;
    if (pageBytes >= MANIFEST_PAGE_BYTES || page.length === MAX_PAGE_ENTRIES) {
      yield page;
      page = [];
      pageBytes = 0;
    }
  }
  if (page.length > 0) yield page;
}

/** Collects pages into a manifest, holding the limits as they come. */
export class ManifestReader {
  readonly #entries: ManifestEntry[] = [];
  readonly #hasLinks: boolean;
  #pathsBytes = 0;

  /** @param hasLinks whether both ends have the feature `links` */
  constructor(hasLinks = false) {
    this.#hasLinks = hasLinks;
  }

  /**
   * Takes a page; returns its entries.
   * @throws TransferError `protocol-violation`, `limit-exceeded`
   */
  add(page: readonly unknown[]): ManifestEntry[] {
    if (page.length === 0 || page.length > MAX_PAGE_ENTRIES)
      throw violation('a manifest page is out of range');
    const first = this.#entries.length;
    for (const line of page) {
      if (this.#entries.length >= MAX_ENTRIES) throw new TransferError('limit-exceeded');
      const entry = parseEntry(asFields(line), this.#entries.length, this.#hasLinks);
      this.#pathsBytes += utf8(entry.path).length + utf8(entry.target ?? '').length;
      if (this.#pathsBytes > MAX_PATHS_BYTES) throw new TransferError('limit-exceeded');
      this.#entries.push(entry);
    }
    return this.#entries.slice(first);
  }

  /**
   * @param unsent as the sender says
   * @throws TransferError `protocol-violation` when the count isn't what the sender says
   */
  finish(entryCount: number, unsent = 0): Manifest {
    if (this.#entries.length !== entryCount) throw violation('the manifest is not complete');
    return { entries: this.#entries, ...countContent(this.#entries), ...(unsent > 0 && { unsent }) };
  }
}

/** Files and bytes of an offer; folders and links are not counted. */
export function countContent(entries: Iterable<{ kind: EntryKind; sizeBytes: number | null }>): ContentCount {
  const count = { files: 0, bytes: 0, unsized: false };
  for (const { kind, sizeBytes } of entries) {
    if (!hasContent(kind)) continue;
    count.files += 1;
    count.bytes += sizeBytes ?? 0;
    count.unsized ||= sizeBytes === null;
  }
  return count;
}

function encodeEntry(
  { kind, path, sizeBytes, modifiedMs, executable, mode, target }: Omit<ManifestEntry, 'index'>,
  hasModes: boolean,
): Fields {
  if (kind === 'link') return { kind, path, target };
  return {
    ...(kind === 'file' ? {} : { kind }),
    path,
    ...(kind === 'folder' ? {} : { size: sizeBytes }),
    ...(modifiedMs === null ? {} : { modified: Math.trunc(modifiedMs) }),
    ...(executable ? { executable } : {}),
    ...(hasModes && mode !== undefined && kind !== 'text' ? { mode } : {}),
  };
}

function parseEntry(fields: Fields, index: number, hasLinks: boolean): ManifestEntry {
  const kind = fields.kind ?? 'file';
  if (hasLinks && kind === 'link') {
    const [path, target] = [stringField(fields, 'path'), stringField(fields, 'target')];
    return { index, kind, path, sizeBytes: 0, modifiedMs: null, executable: false, target };
  }
  if (kind !== 'file' && kind !== 'folder' && kind !== 'text')
    throw violation('an entry is of no known kind');
  const sizeBytes = kind === 'folder' ? 0 : optionalIntegerField(fields, 'size');
  if (kind === 'text' && (sizeBytes === null || sizeBytes > MAX_TEXT_BYTES)) {
    throw new TransferError('limit-exceeded', 'A text message is longer than 1 MiB.');
  }
  const mode = optionalIntegerField(fields, 'mode', 0, MAX_MODE);
  return {
    index,
    kind,
    path: stringField(fields, 'path'),
    sizeBytes,
    modifiedMs: optionalIntegerField(fields, 'modified', Number.MIN_SAFE_INTEGER),
    executable: flagField(fields, 'executable'),
    ...(mode === null || kind === 'text' ? {} : { mode }),
  };
}
