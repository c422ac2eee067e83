// The Zstd port by zstd-codec: 200 KB compressed, fetched once a transfer begins, and started when the first record needs it. It
// compiles code from strings, which only the engine's own content security policy allows.
import type { Zstd } from '@p2p-copy/core';
import { ModuleLoader } from '../../loading/module-loader.ts';

/** A code is shown, and an offer reviewed, without compression rather than later than this. */
const PREPARE_MS = 20_000;
const codecs = new ModuleLoader(() => import('zstd-codec'));

/** @throws TypeError where it can't be fetched now */
export async function prepareWebZstd(): Promise<void> {
  await codecs.within(PREPARE_MS);
}

// 165 MB/s where this was measured, 214 at level 1: both above what most links carry, and 3 makes fewer bytes.
const LEVEL = 3;

export async function loadWebZstd(): Promise<Zstd> {
  const { ZstdCodec } = (await codecs.get()).default;
  const { Simple, Streaming } = await new Promise<ZstdModule>((resolve) => ZstdCodec.run(resolve));
  const codec = new Simple();
  const streaming = new Streaming();
  return {
    async compress(bytes) {
      const frame = codec.compress(bytes, LEVEL);
      if (frame === null) throw new Error('zstd could not compress a record');
      return frame;
    },
    async decompress(frame, sizeBytes) {
      const bytes = codec.decompress(frame);
      if (bytes === null || bytes.length !== sizeBytes) throw new Error('corrupt zstd frame');
      return bytes;
    },
    async decompressUnsized(frame, maxBytes) {
      const bytes = streaming.decompress(frame, maxBytes);
      if (bytes === null || bytes.length > maxBytes) throw new Error('corrupt zstd frame');
      return bytes;
    },
  };
}

type ZstdModule = Parameters<Parameters<typeof import('zstd-codec')['default']['ZstdCodec']['run']>[0]>[0];
