// SHA-256 of a file that the relay serves, computed again only when the file has changed: strangers may ask for it often.
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';

/** Larger files have no digest: it would take their whole content into memory. */
const MAX_BYTES = 16 * 2 ** 20;

export class ServedDigest {
  readonly #path: string;
  readonly #read: (path: string) => Promise<Uint8Array>;
  #known: { stamp: string; digest: string } | null = null;
  /** Those who ask at once wait for one digest. */
  #running: Promise<string | null> | null = null;

  constructor(path: string, read: (path: string) => Promise<Uint8Array> = readFile) {
    this.#path = path;
    this.#read = read;
  }

  /** In hex; null where there is no such file, or one of more than 16 MiB. */
  hex(): Promise<string | null> {
    this.#running ??= this.#hex().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #hex(): Promise<string | null> {
    try {
      const found = await stat(this.#path);
      if (!found.isFile() || found.size > MAX_BYTES) return null;
      // The time of the last change of its inode: what installs a file may set the others.
      const stamp = `${found.ino} ${found.ctimeMs} ${found.size}`;
      if (this.#known?.stamp === stamp) return this.#known.digest;
      const digest = createHash('sha256')
        .update(await this.#read(this.#path))
        .digest('hex');
      this.#known = { stamp, digest };
      return digest;
    } catch {
      return null;
    }
  }
}
