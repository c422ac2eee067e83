// The WASM zstd that browsers use, as the engine's port.
import { createRequire } from 'node:module';
import type { Zstd } from '../../../src/ports/zstd.ts';

interface Simple {
  compress(bytes: Uint8Array, level: number): Uint8Array | null;
  decompress(bytes: Uint8Array): Uint8Array | null;
}

let loading: Promise<Zstd> | null = null;

export function zstdCodec(): Promise<Zstd> {
  loading ??= new Promise((resolve) => {
    const { ZstdCodec } = createRequire(import.meta.url)('zstd-codec');
    ZstdCodec.run((zstd: { Simple: new () => Simple }) => {
      const simple = new zstd.Simple();
      const orThrow = (bytes: Uint8Array | null) => {
        if (bytes === null) throw new Error('zstd failed');
        return bytes;
      };
      resolve({
        compress: async (bytes) => orThrow(simple.compress(bytes, 3)),
        decompress: async (frame) => orThrow(simple.decompress(frame)),
      });
    });
  });
  return loading;
}
