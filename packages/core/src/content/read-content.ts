// First step of a byte: files become batches of chunks, each already laid out as a data record. A large file gives
// one chunk a batch; small files share one.

import type { Comparison } from '../delta/comparison.ts';
import type { Bytes } from '../foundation/bytes.ts';
import type { ErrorCode } from '../foundation/error-table.ts';
import { TransferError } from '../foundation/errors.ts';
import type { ByteSource, SourceEntry } from '../ports/byte-source.ts';
import { hasContent } from '../ports/entry.ts';
import { dataHeaderBytes, type Slice } from '../wire/data-record.ts';
import { CHUNK_BYTES } from '../wire/limits.ts';

/** Small files that share one batch, at most: their reads run at once. */
const MAX_FILES_IN_BATCH = 64;
/** Chunks of a file sent while those before them are compared, at most: both ends keep their digests. */
const MAX_CHUNKS_AHEAD = 16_384;

/** An entry that is sent, with its index in the manifest. */
export interface NumberedEntry {
  /** Index in the manifest. */
  index: number;
  entry: SourceEntry;
}

/** A file that was read to its end. */
export interface EndedFile {
  index: number;
  sizeBytes: number;
  /** Where it is no longer as it was found: what was read of it counts only if that still stands in it, as in a log that grows. */
  changed?: SourceEntry;
}

/** What one step of reading gave. */
export interface Batch {
  slices: Slice[];
  /** Room for the record's header, then the slices' bytes; empty when there are no slices. */
  plaintext: Bytes;
  payloadBytes: number;
  /** The digest of the only slice, where it was needed before. */
  digest: Bytes | null;
  /** A chunk that the receiver keeps. */
  kept: { slice: Slice; digest: Bytes } | null;
  /** Files read to their end. */
  ended: EndedFile[];
  /** Files that can't be delivered. */
  failed: { index: number; code: ErrorCode; error: TransferError }[];
}

const EMPTY: Batch = {
  slices: [],
  plaintext: new Uint8Array(0),
  payloadBytes: 0,
  digest: null,
  kept: null,
  ended: [],
  failed: [],
};

/** Reads all entries in order. What has no content is passed over. */
export async function* readContent(
  entries: readonly NumberedEntry[],
  comparison: Comparison,
): AsyncGenerator<Batch> {
  let small: NumberedEntry[] = [];
  let smallBytes = 0;
  for (const numbered of entries) {
    const { kind, sizeBytes } = numbered.entry;
    if (!hasContent(kind)) continue;
    const isSmall = sizeBytes !== null && sizeBytes < CHUNK_BYTES;
    const fits = isSmall && smallBytes + sizeBytes <= CHUNK_BYTES && small.length < MAX_FILES_IN_BATCH;
    if (!fits && small.length > 0) {
      yield await readSmallFiles(small);
      small = [];
      smallBytes = 0;
    }
    if (isSmall) {
      small.push(numbered);
      smallBytes += sizeBytes;
    } else if (comparison.chunksOf(numbered.index) > 0) {
      yield* readComparedFile(numbered, comparison);
    } else {
      yield* readLargeFile(numbered);
    }
  }
  if (small.length > 0) yield await readSmallFiles(small);
}

async function* readLargeFile({ index, entry }: NumberedEntry): AsyncGenerator<Batch> {
  let source: ByteSource | null = null;
  try {
    source = await entry.open();
    for (let offset = 0; ; offset += CHUNK_BYTES) {
      const dueBytes = Math.min(CHUNK_BYTES, (entry.sizeBytes ?? Number.POSITIVE_INFINITY) - offset);
      const plaintext = new Uint8Array(dataHeaderBytes(1) + dueBytes);
      const length = await source.read(offset, plaintext.subarray(dataHeaderBytes(1)));
      if (entry.sizeBytes !== null && length < dueBytes) throw new TransferError('source-changed');
      const isLast = entry.sizeBytes === null ? length < CHUNK_BYTES : offset + length === entry.sizeBytes;
      const ended = isLast ? [await endedFile(index, offset + length, entry, source)] : [];
      if (length === 0) yield { ...EMPTY, ended };
      else {
        const used = plaintext.subarray(0, dataHeaderBytes(1) + length);
        const slices = [{ fileIndex: index, offset, length }];
        yield { ...EMPTY, slices, plaintext: used, payloadBytes: length, ended };
      }
      if (isLast) return;
    }
  } catch (error) {
    yield failedBatch(index, error);
  } finally {
    await source?.close();
  }
}

/** What the receiver doesn't have is sent while the rest is compared. */
async function* readComparedFile(
  { index, entry }: NumberedEntry,
  comparison: Comparison,
): AsyncGenerator<Batch> {
  const sizeBytes = entry.sizeBytes!;
  const compared = comparison.chunksOf(index);
  const chunks = Math.ceil(sizeBytes / CHUNK_BYTES);
  let source: ByteSource | null = null;
  try {
    source = await entry.open();
    let [next, beyond] = [0, compared];
    while (next < compared || beyond < chunks) {
      const mayGoAhead = beyond < chunks && beyond - compared < MAX_CHUNKS_AHEAD;
      const isNext = next < compared && (comparison.isAnswered(index, next) || !mayGoAhead);
      const told = isNext ? await comparison.outcome(index, next) : null;
      const chunkIndex = isNext ? next++ : beyond++;
      const isLast = next === compared && beyond === chunks;
      const offset = chunkIndex * CHUNK_BYTES;
      const slice = { fileIndex: index, offset, length: Math.min(CHUNK_BYTES, sizeBytes - offset) };
      const content = told?.isKept ? EMPTY : await readChunk(source, slice, told?.digest ?? null);
      // What was told is hashed again only where the file has changed: the receiver hashes all that comes.
      if (told?.isKept === false && !(await source.isUnchanged()))
        await comparison.expectDigest(content.plaintext.subarray(dataHeaderBytes(1)), told.digest);
      const kept = told?.isKept ? { slice, digest: told.digest } : null;
      yield { ...content, kept, ended: isLast ? [await endedFile(index, sizeBytes, entry, source)] : [] };
    }
  } catch (error) {
    yield failedBatch(index, error);
  } finally {
    await source?.close();
  }
}

/**
 * @param told the digest that was told of the chunk
 * @throws TransferError `source-changed`
 */
async function readChunk(source: ByteSource, slice: Slice, told: Bytes | null): Promise<Batch> {
  const plaintext = new Uint8Array(dataHeaderBytes(1) + slice.length);
  const chunk = plaintext.subarray(dataHeaderBytes(1));
  if ((await source.read(slice.offset, chunk)) < slice.length) throw new TransferError('source-changed');
  return { ...EMPTY, slices: [slice], plaintext, payloadBytes: slice.length, digest: told };
}

async function readSmallFiles(files: readonly NumberedEntry[]): Promise<Batch> {
  const outcomes = await Promise.all(files.map(readWhole));
  const batch: Batch = { ...EMPTY, slices: [], ended: [], failed: [] };
  const contents: Bytes[] = [];
  for (const outcome of outcomes) {
    if ('error' in outcome) {
      batch.failed.push(failureOf(outcome.index, outcome.error));
      continue;
    }
    const { index, content, ended } = outcome;
    batch.ended.push(ended);
    if (content.length === 0) continue;
    batch.slices.push({ fileIndex: index, offset: 0, length: content.length });
    batch.payloadBytes += content.length;
    contents.push(content);
  }
  if (batch.slices.length > 0) {
    const headerBytes = dataHeaderBytes(batch.slices.length);
    batch.plaintext = new Uint8Array(headerBytes + batch.payloadBytes);
    let at = headerBytes;
    for (const content of contents) {
      batch.plaintext.set(content, at);
      at += content.length;
    }
  }
  return batch;
}

async function readWhole({ index, entry }: NumberedEntry) {
  let source: ByteSource | null = null;
  try {
    source = await entry.open();
    const content = new Uint8Array(entry.sizeBytes ?? 0);
    const length = await source.read(0, content);
    if (length < content.length) throw new TransferError('source-changed');
    return { index, content, ended: await endedFile(index, length, entry, source) };
  } catch (error) {
    return { index, error };
  } finally {
    await source?.close();
  }
}

async function endedFile(
  index: number,
  sizeBytes: number,
  entry: SourceEntry,
  source: ByteSource,
): Promise<EndedFile> {
  return { index, sizeBytes, ...(!(await source.isUnchanged()) && { changed: entry }) };
}

function failedBatch(index: number, error: unknown): Batch {
  const failed = [failureOf(index, error)];
  return { ...EMPTY, failed };
}

/** A file that can't be read fails alone; anything else is a bug and fails everything. */
function failureOf(index: number, error: unknown): { index: number; code: ErrorCode; error: TransferError } {
  if (!(error instanceof TransferError)) throw error;
  return { index, code: error.code, error };
}
