// Port Zstd: Node's own zstd where it has one (22.15 and later), else zstd-codec in a worker thread. The thread's program is read before
// a transfer begins: a sender may wait for hours, and the package be replaced meanwhile.
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import zlib from 'node:zlib';
import type { Zstd } from '@p2p-copy/core';
import { readThreadProgram } from './read-thread-program.ts';
import type { ZstdAnswer, ZstdJob, ZstdTask } from './zstd-worker.ts';

let program: Promise<string> | null = null;
let loaded: Promise<Zstd> | null = null;

/**
 * Reads what a thread would run, where Node has no zstd.
 * @throws Error that of the file system; another call reads again
 */
export async function prepareZstd(): Promise<void> {
  if (nativeZstd() === null) await threadProgram();
}

/** The same one for every transfer of this process: a thread and its memory are dear. */
export function loadZstd(): Promise<Zstd> {
  loaded ??= create();
  return loaded;
}

async function create(): Promise<Zstd> {
  return nativeZstd() ?? new WorkerZstd(await threadProgram());
}

/** The program of the thread, as CommonJS. */
export async function threadProgram(): Promise<string> {
  program ??= readThreadProgram();
  try {
    return await program;
  } catch (error) {
    program = null;
    throw error;
  }
}

const LEVEL = 3;

/** The part of newer Nodes' zlib that the types of Node 20 don't know. */
interface NativeZlib {
  zstdCompress?: ZlibFunction;
  zstdDecompress?: ZlibFunction;
  constants: { ZSTD_c_compressionLevel?: number };
}
type ZlibFunction = (
  bytes: Uint8Array,
  options: object,
  callback: (error: Error | null, result: Buffer) => void,
) => void;

/** Null where Node has no zstd. */
export function nativeZstd(): Zstd | null {
  const { zstdCompress, zstdDecompress, constants } = zlib as unknown as NativeZlib;
  if (zstdCompress === undefined || zstdDecompress === undefined) return null;
  const compress = promisify(zstdCompress);
  const decompress = promisify(zstdDecompress);
  const params = { [constants.ZSTD_c_compressionLevel!]: LEVEL };
  return {
    // The pledged size is what makes the frame state its content size.
    compress: (bytes) => compress(bytes, { params, pledgedSrcSize: bytes.length }),
    async decompress(frame, sizeBytes) {
      return expectSize(await decompress(frame, { maxOutputLength: sizeBytes }), sizeBytes);
    },
    decompressUnsized: (frame, maxBytes) => decompress(frame, { maxOutputLength: maxBytes }),
  };
}

interface Waiting {
  resolve(bytes: Uint8Array): void;
  reject(error: Error): void;
}

/** One thread. It keeps the process alive only while a job is under way. */
export class WorkerZstd implements Zstd {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #failure: Error | null = null;

  /**
   * @param program as `threadProgram` gives it
   * @throws Error where the system has no thread
   */
  constructor(program: string) {
    this.#worker = new Worker(program, { eval: true });
    this.#worker.unref();
    this.#worker.on('message', (answer: ZstdAnswer) => this.#answered(answer));
    this.#worker.on('error', (error) => this.#failed(error));
    this.#worker.on('exit', () => this.#failed(new Error('the zstd thread ended')));
  }

  compress(bytes: Uint8Array): Promise<Uint8Array> {
    return this.#run({ kind: 'compress' }, bytes);
  }

  async decompress(frame: Uint8Array, sizeBytes: number): Promise<Uint8Array> {
    return expectSize(await this.#run({ kind: 'decompress' }, frame), sizeBytes);
  }

  async decompressUnsized(frame: Uint8Array, maxBytes: number): Promise<Uint8Array> {
    const bytes = await this.#run({ kind: 'decompress unsized', maxBytes }, frame);
    if (bytes.length > maxBytes) throw new Error('a zstd frame holds more than it may');
    return bytes;
  }

  #run(task: ZstdTask, bytes: Uint8Array): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      // It answers no more.
      if (this.#failure !== null) return reject(this.#failure);
      this.#lastId += 1;
      this.#waiting.set(this.#lastId, { resolve, reject });
      this.#worker.ref();
      // A copy of its own buffer, which can change hands: a view would take all that it is cut from along.
      const job: ZstdJob = { id: this.#lastId, ...task, bytes: new Uint8Array(bytes) };
      this.#worker.postMessage(job, [job.bytes.buffer]);
    });
  }

  #answered({ id, bytes }: ZstdAnswer): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (this.#waiting.size === 0) this.#worker.unref();
    if (bytes === null) waiting?.reject(new Error('zstd refused the bytes'));
    else waiting?.resolve(bytes);
  }

  #failed(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

function expectSize(bytes: Uint8Array, sizeBytes: number): Uint8Array {
  if (bytes.length !== sizeBytes) throw new Error('a zstd frame holds another size than it states');
  return bytes;
}
