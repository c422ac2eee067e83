// The sender's pipeline: batches are hashed, compressed where it pays, numbered, sealed and sent, several at once.
// Nothing is read that the receiver has not granted room for.
import { CompressionPolicy } from '../compression/compression-policy.ts';
import { digestChunk, FileDigest } from '../crypto/file-digest.ts';
import { type Bytes, concat } from '../foundation/bytes.ts';
import { invariant, type TransferError } from '../foundation/errors.ts';
import type { LazyZstd } from '../ports/zstd.ts';
import { dataHeaderBytes, type Slice, writeDataHeader } from '../wire/data-record.ts';
import { encodeDigestsBody, type FinalDigest } from '../wire/digests-record.ts';
import { CHUNK_BYTES } from '../wire/limits.ts';
import { encodeRecord, stampRecord } from '../wire/record.ts';
import type { CreditWindow } from './credit-window.ts';
import { Gate } from './gate.ts';
import type { LanePool } from './lane-pool.ts';
import { type Batch, type NumberedEntry, readContent } from './read-content.ts';

/** Batches between reading and the socket at once. */
const BATCHES_IN_FLIGHT = 8;

export interface ContentPorts {
  lanes: LanePool;
  credit: CreditWindow;
  compress: 'auto' | 'on' | 'off';
  zstd: LazyZstd;
  /** Told of each file that was read whole, in any order. */
  onDigest(final: FinalDigest): void;
  /** Told of each file that can't be delivered; what was sent of it is void. */
  onFailed(index: number, error: TransferError): Promise<void>;
}

interface HashingFile {
  digest: FileDigest;
  /** All chunk digests begun so far. */
  pending: Promise<unknown>;
}

/** Sends the content of all entries; returns the number of data and digests records. */
export async function sendContent(entries: readonly NumberedEntry[], ports: ContentPorts): Promise<number> {
  const policy = new CompressionPolicy(ports.compress);
  const hashing = new Map<number, HashingFile>();
  const gate = new Gate(BATCHES_IN_FLIGHT);
  const shipping = new Set<Promise<void>>();
  let failure: { error: unknown } | null = null;
  let sequences = 0;
  let records = 0;

  for await (const batch of readContent(entries)) {
    await ports.credit.take(batch.payloadBytes);
    await gate.enter();
    if (failure !== null) break;
    const sequence = batch.slices.length > 0 ? sequences++ : null;
    const shipped = ship(batch, sequence)
      .catch((error: unknown) => {
        failure ??= { error };
      })
      .finally(() => {
        gate.leave();
        shipping.delete(shipped);
      });
    shipping.add(shipped);
  }
  await Promise.all(shipping);
  if (failure !== null) throw (failure as { error: unknown }).error;
  return records;

  async function ship(batch: Batch, sequence: number | null): Promise<void> {
    hashSlices(batch);
    for (const { index } of batch.failed) hashing.delete(index);
    const finals = batch.ended.map(finishFile);
    if (sequence !== null) await send(await pack(batch, sequence));
    const rows = await Promise.all(finals);
    if (rows.length > 0) {
      for (const row of rows) ports.onDigest(row);
      await send(encodeRecord('digests', encodeDigestsBody(rows)));
    }
    for (const { index, error } of batch.failed) await ports.onFailed(index, error);
  }

  async function send(record: Bytes): Promise<void> {
    records += 1;
    await ports.lanes.send(record);
  }

  function hashSlices(batch: Batch): void {
    let at = dataHeaderBytes(batch.slices.length);
    for (const { fileIndex, offset, length } of batch.slices) {
      const file = hashing.get(fileIndex) ?? { digest: new FileDigest(), pending: Promise.resolve() };
      hashing.set(fileIndex, file);
      const hashed = digestChunk(batch.plaintext.subarray(at, at + length)).then((digest) =>
        file.digest.add(offset / CHUNK_BYTES, digest),
      );
      file.pending = Promise.all([file.pending, hashed]);
      at += length;
    }
  }

  async function finishFile({
    index,
    sizeBytes,
  }: {
    index: number;
    sizeBytes: number;
  }): Promise<FinalDigest> {
    const file = hashing.get(index) ?? { digest: new FileDigest(), pending: Promise.resolve() };
    hashing.delete(index);
    await file.pending;
    return { fileIndex: index, sizeBytes, digest: file.digest.finish(sizeBytes) };
  }

  /** The record, with its payload compressed where that pays. */
  async function pack(batch: Batch, sequence: number): Promise<Bytes> {
    const { slices, plaintext, payloadBytes } = batch;
    const [first] = slices as [Slice];
    if (policy.shouldTry(first.fileIndex)) {
      const zstd = await ports.zstd.get();
      const headerBytes = dataHeaderBytes(slices.length);
      const frame = await zstd.compress(plaintext.subarray(headerBytes));
      if (policy.judge(payloadBytes, frame.length)) {
        const packed = concat(new Uint8Array(headerBytes), frame);
        writeDataHeader(packed, sequence, slices);
        stampRecord(packed, 'data', true);
        return packed;
      }
    }
    invariant(
      plaintext.length === dataHeaderBytes(slices.length) + payloadBytes,
      'a batch is laid out as a record',
    );
    writeDataHeader(plaintext, sequence, slices);
    stampRecord(plaintext, 'data');
    return plaintext;
  }
}
