// Finds the representation of a served file that a client takes: the file itself, or its compressed copy. The build names copies by
// the digest of the content (apps/web/compressed-copies.ts), so a file that was edited since has none, and is served as it is.
import { stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { ServedDigest } from '../foundation/served-digest.ts';
import { acceptedCodings, type Coding } from './accepted-codings.ts';

/** Files whose digest is kept. Case-insensitive disks have many names for one. */
const MAX_KNOWN_FILES = 256;
/** Of plain names, none of them hidden. Everything else is the static server's to judge. */
const PLAIN_PATH = /^\/(?:[\w-][\w.-]*\/)*[\w-][\w.-]*$/;

export interface Representation {
  coding: Coding;
  /** Where it lies: a folder, and a path in it. */
  root: string;
  path: string;
  /** A strong one, another for each coding. */
  etag: string;
}

export class Representations {
  readonly #root: string;
  readonly #copies: string;
  readonly #known = new Map<string, ServedDigest>();

  /** @param root folder of the built app; its copies lie in `compressed`, beside it */
  constructor(root: string) {
    this.#root = root;
    this.#copies = join(dirname(root), 'compressed', basename(root));
  }

  /**
   * @param path of the URL, decoded, without its query
   * @returns null for what is no file with a plain path; `unacceptable` where the client takes no coding that there is
   */
  async find(
    path: string,
    acceptEncoding: string | undefined,
  ): Promise<Representation | 'unacceptable' | null> {
    const file = path === '/' ? '/index.html' : path;
    const digest = PLAIN_PATH.test(file) ? await this.#digestOf(file) : null;
    if (digest === null) return null;
    for (const coding of acceptedCodings(acceptEncoding)) {
      const found = this.#representation(coding, file, digest);
      if (coding === 'identity' || (await isFile(join(found.root, found.path)))) return found;
    }
    return 'unacceptable';
  }

  #representation(coding: Coding, file: string, digest: string): Representation {
    if (coding === 'identity') return { coding, root: this.#root, path: file, etag: `"${digest}"` };
    const path = `/${coding}/${digest}${extname(file)}`;
    return { coding, root: this.#copies, path, etag: `"${digest}-${coding}"` };
  }

  async #digestOf(file: string): Promise<string | null> {
    const known = this.#known.get(file) ?? new ServedDigest(join(this.#root, file));
    if (this.#known.size >= MAX_KNOWN_FILES) this.#known.clear();
    this.#known.set(file, known);
    const digest = await known.hex();
    if (digest === null) this.#known.delete(file);
    return digest;
  }
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
