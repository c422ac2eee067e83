// SHA-256 of a file that the relay serves, computed again only when the file has changed: strangers may ask for it often.
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';

export class ServedDigest {
  readonly #path: string;
  #known: { stamp: string; digest: string } | null = null;

  constructor(path: string) {
    this.#path = path;
  }

  /** In hex; null where there is no such file. */
  async hex(): Promise<string | null> {
    try {
      const { mtimeMs, size } = await stat(this.#path);
      const stamp = `${mtimeMs} ${size}`;
      if (this.#known?.stamp === stamp) return this.#known.digest;
      const digest = createHash('sha256')
        .update(await readFile(this.#path))
        .digest('hex');
      this.#known = { stamp, digest };
      return digest;
    } catch {
      return null;
    }
  }
}
