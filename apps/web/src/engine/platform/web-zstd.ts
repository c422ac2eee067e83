// The Zstd port by zstd-codec, loaded when the first record needs it: 200 KB compressed, and it compiles code from
// strings, which only the engine's own content security policy allows.
import type { Zstd } from '@p2p-copy/core';

// 165 MB/s where this was measured, 214 at level 1: both above what most links carry, and 3 makes fewer bytes.
const LEVEL = 3;

export async function loadWebZstd(): Promise<Zstd> {
  const { ZstdCodec } = (await import('zstd-codec')).default;
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
