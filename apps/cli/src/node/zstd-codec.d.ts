// What this project uses of zstd-codec, which ships no types.
declare module 'zstd-codec' {
  export interface ZstdSimple {
    /** Null when it fails. */
    compress(bytes: Uint8Array, level: number): Uint8Array | null;
    /** Null when it fails, which includes frames without a content size. */
    decompress(frame: Uint8Array): Uint8Array | null;
  }
  interface ZstdModule {
    ZstdCodec: { run(ready: (zstd: { Simple: new () => ZstdSimple }) => void): void };
  }
  const zstdModule: ZstdModule;
  export default zstdModule;
}
