/// <reference path="./zstd-codec.d.ts" />
// A thread that runs zstd-codec for Nodes without zstd of their own: the main thread goes on moving bytes meanwhile.
import { parentPort } from 'node:worker_threads';
import zstdModule, { type ZstdSimple, type ZstdStreaming } from 'zstd-codec';

/** What the main thread asks. Buffers change hands. */
export type ZstdJob = { id: number; bytes: Uint8Array<ArrayBuffer> } & ZstdTask;

export type ZstdTask =
  | { kind: 'compress' }
  | { kind: 'decompress' }
  /** The frame doesn't state its size. */
  | { kind: 'decompress unsized'; maxBytes: number };

/** The answer to a job; null when zstd refused the bytes. */
export interface ZstdAnswer {
  id: number;
  bytes: Uint8Array<ArrayBuffer> | null;
}

const LEVEL = 3;

// Never null: this file is only ever started as a worker.
const port = parentPort!;
const ready = new Promise<{ simple: ZstdSimple; streaming: ZstdStreaming }>((resolve) => {
  zstdModule.ZstdCodec.run(({ Simple, Streaming }) =>
    resolve({ simple: new Simple(), streaming: new Streaming() }),
  );
});

port.on('message', async (job: ZstdJob) => {
  const made = await perform(job);
  // A copy: what zstd-codec returns may be a window on its own memory.
  const answer: ZstdAnswer = { id: job.id, bytes: made === null ? null : made.slice() };
  port.postMessage(answer, answer.bytes === null ? [] : [answer.bytes.buffer]);
});

async function perform(job: ZstdJob): Promise<Uint8Array | null> {
  const { simple, streaming } = await ready;
  switch (job.kind) {
    case 'compress':
      return simple.compress(job.bytes, LEVEL);
    case 'decompress':
      return simple.decompress(job.bytes);
    case 'decompress unsized':
      return streaming.decompress(job.bytes, job.maxBytes);
  }
}
