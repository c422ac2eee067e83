declare module 'zstd-codec' {
  interface Simple {
    /** One frame that states its content size; null when it fails. */
    compress(bytes: Uint8Array, level: number): Uint8Array | null;
    /** Null for a frame that is corrupt, empty, or doesn't state its size. */
    decompress(frame: Uint8Array): Uint8Array | null;
  }
  interface Streaming {
    /** Also without a content size. Null when it fails; half a frame gives half a content. */
    decompress(frame: Uint8Array, sizeHint: number): Uint8Array | null;
  }
  interface Zstd {
    Simple: new () => Simple;
    Streaming: new () => Streaming;
  }
  const codec: { ZstdCodec: { run(ready: (zstd: Zstd) => void): void } };
  export default codec;
}
