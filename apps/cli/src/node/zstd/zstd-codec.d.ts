// What this project uses of zstd-codec, which ships no types.
declare module 'zstd-codec' {
  export interface ZstdSimple {
    /** Null when it fails. */
    compress(bytes: Uint8Array, level: number): Uint8Array | null;
    /** Null when it fails, which includes frames without a content size. */
    decompress(frame: Uint8Array): Uint8Array | null;
  }
  export interface ZstdStreaming {
    /** Also without a content size. Null when it fails; half a frame gives half a content. */
    decompress(frame: Uint8Array, sizeHint: number): Uint8Array | null;
  }
  export interface Zstd {
    Simple: new () => ZstdSimple;
    Streaming: new () => ZstdStreaming;
  }
  interface ZstdModule {
    ZstdCodec: { run(ready: (zstd: Zstd) => void): void };
  }
  const zstdModule: ZstdModule;
  export default zstdModule;
}
