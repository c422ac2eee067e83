// Port: a zstd encoder and decoder, native where the platform has one, WASM elsewhere. What has to be fetched for it is fetched
// before content flows: a connection that is lost just then must not take the transfer along.
import { InvariantError } from '../foundation/invariant.ts';

/** Compresses and decompresses whole zstd frames. */
export interface Zstd {
  /** One frame that states its content size, also of no bytes. */
  compress(bytes: Uint8Array): Promise<Uint8Array>;
  /**
   * Decodes one frame whose header was checked to state exactly `sizeBytes`, at least 1. The result has that length.
   * @throws Error when the frame is corrupt
   */
  decompress(frame: Uint8Array, sizeBytes: number): Promise<Uint8Array>;
  /**
   * Decodes one frame that is known to be whole and doesn't state its size.
   * @throws Error when it is corrupt or has more than `maxBytes`
   */
  decompressUnsized(frame: Uint8Array, maxBytes: number): Promise<Uint8Array>;
}

/** What a platform gives to have zstd. */
export interface ZstdPorts {
  /**
   * Fetches what `loadZstd` takes, which then asks neither network nor disk. Settles within seconds.
   * @throws any where it can't be had now; it is called again for the next session
   */
  prepareZstd?(): Promise<void>;
  /** Called once, when the first record is to be compressed or decompressed. */
  loadZstd(): Promise<Zstd>;
}

/**
 * What a session compresses or decompresses with, prepared before the other end is told that it may send; null where it can't be
 * had now.
 */
export async function preparedZstd(ports: ZstdPorts): Promise<LazyZstd | null> {
  try {
    await ports.prepareZstd?.();
  } catch (error) {
    if (error instanceof InvariantError) throw error;
    return null;
  }
  return new LazyZstd(() => ports.loadZstd());
}

/** Starts an encoder and decoder when it is first wanted, and only then: it costs memory, and maybe a thread. */
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
