declare module 'zstd-codec' {
  interface Simple {
    /** One frame that states its content size; null when it fails. */
    compress(bytes: Uint8Array, level: number): Uint8Array | null;
    /** Null for a frame that is corrupt, empty, or doesn't state its size. */
    decompress(frame: Uint8Array): Uint8Array | null;
  }
  const codec: { ZstdCodec: { run(ready: (zstd: { Simple: new () => Simple }) => void): void } };
  export default codec;
}
