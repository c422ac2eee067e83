// From a file to its classic messages: header, chunks, file_eof. Several chunks are read, compressed, hashed and sealed
// at once; nonces and links are taken in the order of the wire. docs/CLASSIC.md, section Chunks.

import type { CompressMode } from '../api/options.ts';
import { type Bytes, utf8 } from '../foundation/bytes.ts';
import { TransferError } from '../foundation/errors.ts';
import type { BulkCrypto } from '../ports/bulk-crypto.ts';
import type { ByteSource } from '../ports/byte-source.ts';
import type { LazyZstd } from '../ports/zstd.ts';
import { chainRoom, chunkMessageRoom, payloadOf, stampChunkMessage } from './chunk-message.ts';
import type { ClassicCipher, ItemCipher } from './classic-cipher.ts';
import { type ClassicMessage, encodeClassicMessage, type FileHeader } from './classic-message.ts';
import { CLASSIC_CHUNK_BYTES } from './constants.ts';
import { HashChain } from './hash-chain.ts';

/** Under `auto` a file is compressed when its first chunk gets smaller than this share. */
const WORTH_RATIO = 0.95;

/** Messages to send one after the other. */
export interface Outgoing {
  messages: (ClassicMessage | Bytes)[];
  /** How much of the file they carry. */
  contentBytes: number;
}

/** How the messages of a classic session are sealed and compressed. */
export interface BuildOptions {
  /** Null for a plain session. */
  cipher: ClassicCipher | null;
  compress: CompressMode;
  /** Null where it can't be had: nothing is compressed. */
  zstd: LazyZstd | null;
  bulk: BulkCrypto;
}

/** Which part of which file. */
export interface FilePlan {
  path: string;
  /** Of the whole file, in bytes. */
  size: number;
  /** Where to begin: what the receiver keeps. */
  appendFrom: number;
}

type Compression = FileHeader['compression'];

/** The messages of one file in the order of the wire: its header, then its chunks, linked by a hash chain. */
export class FileMessages {
  readonly #plan: FilePlan;
  readonly #source: Promise<ByteSource>;
  readonly #options: BuildOptions;
  readonly #chain: HashChain;
  #compression: Promise<Compression> = Promise.resolve('none');

  constructor(plan: FilePlan, source: Promise<ByteSource>, options: BuildOptions) {
    this.#plan = plan;
    this.#source = source;
    this.#options = options;
    this.#chain = new HashChain(options.bulk);
  }

  /**
   * The file's jobs in the order of the wire; each begins when it is asked for, and nothing of another file may be asked
   * for before the last. Errors of a job: those of the source, `source-changed`.
   */
  *jobs(): Generator<{ job: Promise<Outgoing>; contentBytes: number }> {
    const { size, appendFrom } = this.#plan;
    const headerCipher = this.#nextCipher();
    for (let offset = appendFrom, sequence = 0; ; sequence += 1) {
      const contentBytes = Math.min(CLASSIC_CHUNK_BYTES, size - offset);
      const isLast = offset + contentBytes === size;
      const content = this.#read(offset, contentBytes, isLast);
      if (sequence === 0) this.#compression = this.#chooseCompression(content);
      const messages = Promise.all([
        sequence === 0 ? this.#header(headerCipher) : null,
        this.#chunk(content, sequence),
        isLast ? ({ type: 'file_eof' } as const) : null,
      ]);
      const job = messages.then((all) => ({
        messages: all.filter((message) => message !== null),
        contentBytes,
      }));
      yield { job, contentBytes };
      if (isLast) return;
      offset += contentBytes;
    }
  }

  /** A message with the content in the payload's place. */
  async #read(offset: number, contentBytes: number, isLast: boolean): Promise<Bytes> {
    const source = await this.#source;
    const message = chunkMessageRoom(contentBytes);
    const length = await source.read(offset, payloadOf(message));
    const isAsScanned = length === contentBytes && (!isLast || (await source.isUnchanged()));
    if (!isAsScanned) {
      throw new TransferError('source-changed', `“${this.#plan.path}” changed while it was being sent.`);
    }
    return message;
  }

  async #chooseCompression(first: Promise<Bytes>): Promise<Compression> {
    const { compress, zstd } = this.#options;
    if (zstd === null) return 'none';
    if (compress !== 'auto') return compress === 'on' ? 'zstd' : 'none';
    const content = payloadOf(await first);
    if (content.length === 0) return 'none';
    const frame = await this.#compress(content);
    return frame.length < content.length * WORTH_RATIO ? 'zstd' : 'none';
  }

  async #header(cipher: ItemCipher | null): Promise<ClassicMessage> {
    const { path, size, appendFrom } = this.#plan;
    const header = { type: 'file', path, size, compression: await this.#compression, appendFrom } as const;
    if (cipher === null) return header;
    return { type: 'enc_file', sealed: await cipher.seal(utf8(encodeClassicMessage(header))) };
  }

  async #chunk(content: Promise<Bytes>, sequence: number): Promise<Bytes> {
    const cipher = this.#nextCipher();
    const packed = this.#pack(content);
    const link = this.#chain.next(packed.then(chainRoom));
    const message = await packed;
    if (cipher === null) {
      stampChunkMessage(message, sequence, await link);
      return message;
    }
    const sealed = await cipher.seal(payloadOf(message));
    const sealedMessage = chunkMessageRoom(sealed.length);
    payloadOf(sealedMessage).set(sealed);
    stampChunkMessage(sealedMessage, sequence, await link);
    return sealedMessage;
  }

  async #pack(content: Promise<Bytes>): Promise<Bytes> {
    const message = await content;
    if ((await this.#compression) === 'none') return message;
    const frame = await this.#compress(payloadOf(message));
    const packed = chunkMessageRoom(frame.length);
    payloadOf(packed).set(frame);
    return packed;
  }

  async #compress(content: Bytes): Promise<Uint8Array> {
    const zstd = await this.#options.zstd!.get();
    return zstd.compress(content);
  }

  #nextCipher(): ItemCipher | null {
    return this.#options.cipher?.next() ?? null;
  }
}
