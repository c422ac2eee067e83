// The sender's pipeline: batches are hashed, compressed where it pays, numbered, sealed and sent, several at once.
// Nothing is sent that the receiver has not granted room for, or keeps.

import { Gate } from '../async/gate.ts';
import { OrderedQueue } from '../async/ordered-queue.ts';
import type { Comparison } from '../delta/comparison.ts';
import type { RateLimit } from '../flow/rate-limit.ts';
import { type Bytes, concat } from '../foundation/bytes.ts';
import type { TransferError } from '../foundation/errors.ts';
import { invariant } from '../foundation/invariant.ts';
import type { BulkCrypto } from '../ports/bulk-crypto.ts';
import { dataHeaderBytes, writeDataHeader } from '../wire/data-record.ts';
import { encodeDigestsBody, type FinalDigest } from '../wire/digests-record.ts';
import { CHUNK_BYTES } from '../wire/limits.ts';
import { encodeRecord, stampRecord } from '../wire/record.ts';
import { type CompressorContext, PayloadCompressor } from './compress-payloads.ts';
import { BatchHasher, type HashedBatch } from './hash-batches.ts';
import { type NumberedEntry, readContent } from './read-content.ts';

/** Batches between hashing and the socket at once. */
const BATCHES_IN_FLIGHT = 8;
/** Batches read ahead of the one that waits for credit. */
const READ_AHEAD = { jobs: 8, bytes: 8 * CHUNK_BYTES };

/** What sending content needs of its session, and whom it tells. */
export interface ContentContext extends CompressorContext {
  bulk: BulkCrypto;
  /** Whether the receiver knows records whose payload is left out, being zeros. */
  leavesOutZeros: boolean;
  /** How fast records leave. */
  rateLimit?: RateLimit | undefined;
  /** Aborted when the session ends: what waits for its time keeps nobody else waiting. */
  signal?: AbortSignal | undefined;
  /** What lies at the receiver, and is compared meanwhile. */
  comparison: Comparison;
  /** Told of each file that was read whole, in any order. */
  onDigest(final: FinalDigest): void;
  /** Bytes that lie at the receiver already. */
  onKept(bytes: number): void;
  /** Told of each file that was changed while it was read, beyond what was read or not in its content: it is delivered as it was offered. */
  onGrown(index: number): void;
  /** Told of each file that can't be delivered; what was sent of it is void. */
  onFailed(index: number, error: TransferError): Promise<void>;
}

/** Sends the content of all entries; returns the number of data and digests records. */
export async function sendContent(
  entries: readonly NumberedEntry[],
  context: ContentContext,
): Promise<number> {
  const sender = new ContentSender(context);
  const hasher = new BatchHasher(context.bulk);
  const queue = new OrderedQueue<HashedBatch>(READ_AHEAD, (batch) => sender.take(batch));
  for await (const batch of readContent(entries, context.comparison))
    await queue.push(hasher.hash(batch), batch.payloadBytes);
  await queue.drained();
  return sender.finish();
}

class ContentSender {
  readonly #context: ContentContext;
  readonly #compressor: PayloadCompressor;
  readonly #gate = new Gate(BATCHES_IN_FLIGHT);
  readonly #shipping = new Set<Promise<void>>();
  #failure: { error: unknown } | null = null;
  #sequences = 0;
  #records = 0;

  constructor(context: ContentContext) {
    this.#context = context;
    this.#compressor = new PayloadCompressor(context);
  }

  /** Takes batches one after the other; they are shipped side by side. */
  async take(batch: HashedBatch): Promise<void> {
    if (batch.kept !== null) this.#context.onKept(batch.kept.slice.length);
    await this.#compressor.holdBack(batch.payloadBytes);
    await this.#context.credit.take(batch.payloadBytes);
    await this.#gate.enter();
    if (this.#failure !== null) throw this.#failure.error;
    const sequence = batch.slices.length > 0 ? this.#sequences++ : null;
    const shipped = this.#ship(batch, sequence)
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => {
        this.#gate.leave();
        this.#shipping.delete(shipped);
      });
    this.#shipping.add(shipped);
  }

  /** Resolves when all is with the lanes. */
  async finish(): Promise<number> {
    await Promise.all(this.#shipping);
    if (this.#failure !== null) throw this.#failure.error;
    return this.#records;
  }

  async #ship(batch: HashedBatch, sequence: number | null): Promise<void> {
    if (sequence !== null) await this.#send(await this.#pack(batch, sequence));
    const { finals } = batch;
    if (finals.length > 0) {
      for (const final of finals) {
        this.#context.onDigest(final);
        this.#context.comparison.forget(final.fileIndex);
      }
      for (const index of batch.grown) this.#context.onGrown(index);
      await this.#send(encodeRecord('digests', encodeDigestsBody(finals)));
    }
    for (const { index, error } of batch.failed) {
      this.#context.comparison.forget(index);
      await this.#context.onFailed(index, error);
    }
  }

  async #send(record: Bytes): Promise<void> {
    this.#records += 1;
    await this.#context.rateLimit?.take(record.length, this.#context.signal);
    await this.#context.lanes.send(record);
  }

  /** The record, with its payload compressed where that pays. */
  async #pack({ slices, plaintext, payloadBytes, zeros }: HashedBatch, sequence: number): Promise<Bytes> {
    const headerBytes = dataHeaderBytes(slices.length);
    if (zeros && this.#context.leavesOutZeros) {
      const bare = plaintext.slice(0, headerBytes);
      writeDataHeader(bare, sequence, slices);
      stampRecord(bare, 'data', 'zeros');
      return bare;
    }
    const payload = plaintext.subarray(headerBytes);
    invariant(payload.length === payloadBytes, 'a batch is laid out as a record');
    const frame = await this.#compressor.compressed(slices[0]!.fileIndex, payload);
    if (frame !== null) {
      const packed = concat(new Uint8Array(headerBytes), frame);
      writeDataHeader(packed, sequence, slices);
      stampRecord(packed, 'data', 'zstd');
      return packed;
    }
    writeDataHeader(plaintext, sequence, slices);
    stampRecord(plaintext, 'data');
    return plaintext;
  }
}
