// The WASM zstd that browsers use, as the engine's port.
import zstdCodecModule from 'zstd-codec';
import type { Zstd } from '../../../src/ports/zstd.ts';

let loading: Promise<Zstd> | null = null;

export function zstdCodec(): Promise<Zstd> {
  loading ??= new Promise((resolve) => {
    zstdCodecModule.ZstdCodec.run(({ Simple, Streaming }) => {
      const simple = new Simple();
      const streaming = new Streaming();
      const orThrow = (bytes: Uint8Array | null) => {
        if (bytes === null) throw new Error('zstd failed');
        return bytes;
      };
      resolve({
        compress: async (bytes) => orThrow(simple.compress(bytes, 3)),
        decompress: async (frame) => orThrow(simple.decompress(frame)),
        decompressUnsized: async (frame, maxBytes) => orThrow(streaming.decompress(frame, maxBytes)),
      });
    });
  });
  return loading;
}
