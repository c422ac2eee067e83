// Port Zstd: Node's own zstd where it has one (22.15 and later), else zstd-codec in a worker thread.
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import zlib from 'node:zlib';
import type { Clock, Zstd } from '@p2p-copy/core';
import type { ZstdAnswer, ZstdJob, ZstdTask } from './zstd-worker.ts';

let loaded: Zstd | null = null;

/** The same one for every transfer of this process: a thread and its memory are dear. */
export async function loadZstd(clock: Pick<Clock, 'after'>): Promise<Zstd> {
  loaded ??= nativeZstd() ?? new WorkerZstd(clock);
  return loaded;
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
  task: ZstdTask;
  bytes: Uint8Array;
  resolve(bytes: Uint8Array): void;
  reject(error: Error): void;
}

/** A thread that found no free descriptor is started again after this pause, and so often. */
const RESTART_MS = 100;
const MAX_RESTARTS = 100;

/** One thread. It keeps the process alive only while a job is under way. */
export class WorkerZstd implements Zstd {
  readonly #clock: Pick<Clock, 'after'> | null;
  readonly #waiting = new Map<number, Waiting>();
  #worker = this.#start();
  #lastId = 0;
  /** In a row, since the last answer. */
  #restarts = 0;
  /** Why the thread will not answer any more. */
  #failure: Error | null = null;

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

  /** @param clock to start the thread again that found no free descriptor; null for not at all */
  constructor(clock: Pick<Clock, 'after'> | null = null) {
    this.#clock = clock;
  }

  #run(task: ZstdTask, bytes: Uint8Array): Promise<Uint8Array> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#lastId += 1;
      const waiting = { task, bytes, resolve, reject };
      this.#waiting.set(this.#lastId, waiting);
      this.#post(this.#lastId, waiting);
    });
  }

  #post(id: number, { task, bytes }: Waiting): void {
    this.#worker.ref();
    // A copy of its own buffer, which can change hands: a view would take all that it is cut from along.
    const job: ZstdJob = { id, ...task, bytes: new Uint8Array(bytes) };
    this.#worker.postMessage(job, [job.bytes.buffer]);
  }

  #start(): Worker {
    const worker = new Worker(workerUrl());
    let hasFailed = false;
    const fail = (error: Error) => {
      if (hasFailed) return;
      hasFailed = true;
      this.#failed(error);
    };
    worker.unref();
    worker.on('message', (answer: ZstdAnswer) => this.#answered(answer));
    worker.on('error', fail);
    worker.on('exit', () => fail(new Error('the zstd thread ended')));
    return worker;
  }

  #answered({ id, bytes }: ZstdAnswer): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    this.#restarts = 0;
    if (this.#waiting.size === 0) this.#worker.unref();
    if (bytes === null) waiting?.reject(new Error('zstd refused the bytes'));
    else waiting?.resolve(bytes);
  }

  #failed(error: Error): void {
    // Node says so in words where the thread itself can't begin.
    if (this.#clock !== null && /\bE[MN]FILE\b/.test(error.message) && this.#restarts < MAX_RESTARTS) {
      this.#restarts += 1;
      this.#clock.after(RESTART_MS, () => {
        this.#worker = this.#start();
        for (const [id, waiting] of this.#waiting) this.#post(id, waiting);
      });
      return;
    }
    this.#failure = error;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

function expectSize(bytes: Uint8Array, sizeBytes: number): Uint8Array {
  if (bytes.length !== sizeBytes) throw new Error('a zstd frame holds another size than it states');
  return bytes;
}

/** The built worker: beside the bundle, or seen from the sources, which tests run. */
function workerUrl(): URL {
  const isBundled = !import.meta.url.endsWith('.ts');
  return new URL(isBundled ? './zstd-worker.js' : '../../../dist/zstd-worker.js', import.meta.url);
}
