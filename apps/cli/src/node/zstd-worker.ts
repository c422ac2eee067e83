/// <reference path="./zstd-codec.d.ts" />
// A thread that runs zstd-codec for Nodes without zstd of their own: the main thread goes on moving bytes meanwhile.
import { parentPort } from 'node:worker_threads';
import zstdModule, { type ZstdSimple } from 'zstd-codec';

/** What the main thread asks. Buffers change hands. */
export interface ZstdJob {
  id: number;
  kind: 'compress' | 'decompress';
  bytes: Uint8Array<ArrayBuffer>;
}

/** The answer to a job; null when zstd refused the bytes. */
export interface ZstdAnswer {
  id: number;
  bytes: Uint8Array<ArrayBuffer> | null;
}

const LEVEL = 3;

// Never null: this file is only ever started as a worker.
const port = parentPort!;
const ready = new Promise<ZstdSimple>((resolve) => {
  zstdModule.ZstdCodec.run((zstd) => resolve(new zstd.Simple()));
});

port.on('message', async ({ id, kind, bytes }: ZstdJob) => {
  const zstd = await ready;
  const made = kind === 'compress' ? zstd.compress(bytes, LEVEL) : zstd.decompress(bytes);
  // A copy: what zstd-codec returns may be a window on its own memory.
  const answer: ZstdAnswer = { id, bytes: made === null ? null : made.slice() };
  port.postMessage(answer, answer.bytes === null ? [] : [answer.bytes.buffer]);
});
