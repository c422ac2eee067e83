// The pin of an offer: a digest over all that a person accepts of it, whatever order its entries have. docs/PROTOCOL.md
// section 10.
import { sha256 } from '@noble/hashes/sha2.js';
import { type Bytes, concat, u64, utf8 } from '../foundation/bytes.ts';
import type { EntryKind, ManifestEntry } from '../ports/entry.ts';
import { prependLength } from './length-value.ts';
import { PROTOCOL_LABEL } from './protocol-label.ts';

type PinnedEntry = Pick<ManifestEntry, 'kind' | 'path' | 'sizeBytes' | 'executable' | 'mode' | 'target'>;

const LABEL = utf8(`${PROTOCOL_LABEL} offer\0`);
const KINDS: Record<EntryKind, number> = { file: 0, folder: 1, text: 2, link: 3 };
/** Added to the byte for executable where a mode follows the size. */
const HAS_MODE = 2;
const UNKNOWN_SIZE = new Uint8Array(8).fill(0xff);
/** Entries between two pauses: the thread has other things to do. */
const ENTRIES_AT_ONCE = 5_000;

/**
 * @param pause lets other things happen
 * @param hasModes whether modes were told. An entry without one is hashed as ever
 * @returns 32 bytes
 */
export async function offerPin(
  entries: readonly PinnedEntry[],
  pause: () => Promise<void>,
  hasModes = true,
): Promise<Bytes> {
  const hash = sha256.create().update(LABEL).update(u64(entries.length));
  let count = 0;
  for (const { path, kind, executable, sizeBytes, mode, target } of await sortedByPath(entries, pause)) {
    const isMode = hasModes && mode !== undefined && kind !== 'text' && kind !== 'link';
    hash
      .update(prependLength(utf8(path)))
      .update(Uint8Array.of(KINDS[kind], (executable ? 1 : 0) + (isMode ? HAS_MODE : 0)));
    hash.update(sizeBytes === null ? UNKNOWN_SIZE : u64(sizeBytes));
    if (isMode) hash.update(Uint8Array.of(mode >> 8, mode & 0xff));
    if (kind === 'link') hash.update(prependLength(utf8(target ?? '')));
    count += 1;
    if (count % ENTRIES_AT_ONCE === 0) await pause();
  }
  return concat(hash.digest());
}

/** Most offers are in order already; others are merged from sorted pieces. */
async function sortedByPath(
  entries: readonly PinnedEntry[],
  pause: () => Promise<void>,
): Promise<readonly PinnedEntry[]> {
  if (await isSorted(entries, pause)) return entries;
  let runs: (readonly PinnedEntry[])[] = [];
  for (let at = 0; at < entries.length; at += ENTRIES_AT_ONCE) {
    if (at > 0) await pause();
    runs.push(entries.slice(at, at + ENTRIES_AT_ONCE).sort((a, b) => compareUtf8(a.path, b.path)));
  }
  while (runs.length > 1) {
    const merged: (readonly PinnedEntry[])[] = [];
    for (let at = 0; at < runs.length; at += 2) {
      const [a, b] = [runs[at]!, runs[at + 1]];
      merged.push(b === undefined ? a : await mergedRuns(a, b, pause));
    }
    runs = merged;
  }
  return runs[0] ?? [];
}

async function isSorted(entries: readonly PinnedEntry[], pause: () => Promise<void>): Promise<boolean> {
  for (let i = 1; i < entries.length; i += 1) {
    if (compareUtf8(entries[i - 1]!.path, entries[i]!.path) > 0) return false;
    if (i % ENTRIES_AT_ONCE === 0) await pause();
  }
  return true;
}

async function mergedRuns(
  a: readonly PinnedEntry[],
  b: readonly PinnedEntry[],
  pause: () => Promise<void>,
): Promise<PinnedEntry[]> {
  const merged: PinnedEntry[] = [];
  for (let i = 0, j = 0; i < a.length || j < b.length; ) {
    const isFirst = j === b.length || (i < a.length && compareUtf8(a[i]!.path, b[j]!.path) <= 0);
    merged.push(isFirst ? a[i++]! : b[j++]!);
    if (merged.length % ENTRIES_AT_ONCE === 0) await pause();
  }
  return merged;
}

/** The order of the texts' UTF-8 bytes. */
function compareUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i += 1) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    // Surrogates stand for what comes after all other units.
    if (x !== y) return (isSurrogate(x) ? x + 0x10000 : x) - (isSurrogate(y) ? y + 0x10000 : y);
  }
  return a.length - b.length;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}
