// Port: a zstd encoder and decoder, native where the platform has one, WASM elsewhere.

/** Compresses and decompresses whole zstd frames. */
export interface Zstd {
  /** One frame that states its content size, also of no bytes. */
  compress(bytes: Uint8Array): Promise<Uint8Array>;
  /**
   * Decodes one frame whose header was checked to state exactly `sizeBytes`, at least 1. The result has that length.
   * @throws TransferError throws when the frame is corrupt
   */
  decompress(frame: Uint8Array, sizeBytes: number): Promise<Uint8Array>;
  /**
   * Decodes one frame that is known to be whole and doesn't state its size.
   * @throws TransferError throws when it is corrupt or has more than `maxBytes`
   */
  decompressUnsized(frame: Uint8Array, maxBytes: number): Promise<Uint8Array>;
}

/** Loads an encoder and decoder when it is first wanted, and only then: it may cost a download or a thread. */
export class LazyZstd {
  readonly #load: () => Promise<Zstd>;
  #loaded: Promise<Zstd> | null = null;

  constructor(load: () => Promise<Zstd>) {
    this.#load = load;
  }

  /** The same one each time. */
  get(): Promise<Zstd> {
    this.#loaded ??= this.#load();
    return this.#loaded;
  }
}
