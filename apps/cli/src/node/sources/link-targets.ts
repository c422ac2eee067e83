// Where the symbolic links of what is sent lead: into it, and then to which of its paths, or out of it. A link is read here and nowhere
// else; its text never goes over the wire. docs/PROTOCOL.md section 10.
import { isUtf8 } from 'node:buffer';
import { readlink, realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, resolve, sep } from 'node:path';
import type { UnsendableReason } from '@p2p-copy/core';
import { errnoOf } from '../disk/disk-error.ts';
import type { NamedPath } from './named-paths.ts';

/** What a path, or a step on the way to it, can answer that leaves the rest of it to its text. */
const NOT_THERE = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'EACCES', 'EPERM', 'ENAMETOOLONG']);
/** As Linux follows in one path. */
const MOST_LINKS = 40;
/** What Node makes of bytes that aren't UTF-8. */
const REPLACEMENT = '\ufffd';

/** A file or folder that a person named, and under which path it is offered. */
interface SentRoot {
  name: string;
  /** No link in it. */
  real: string;
  /** The same but for its last name, which may be a link's. */
  named: string;
}

/** Resolves links against all that is sent. */
export class LinkTargets {
  readonly #roots: readonly SentRoot[];

  private constructor(roots: readonly SentRoot[]) {
    this.#roots = roots;
  }

  /** @param named what was found of it is sent */
  static async within(named: readonly NamedPath[]): Promise<LinkTargets> {
    const roots: SentRoot[] = [];
    for (const item of named) {
      if ('reason' in item) continue;
      const [real, parent] = [await realPathOf(item.diskPath), await realPathOf(dirname(item.diskPath))];
      if (real === null || parent === null) continue;
      roots.push({ name: item.name, real, named: below(parent, basename(item.diskPath)) });
    }
    return new LinkTargets(roots);
  }

  /**
   * The offered path to which a link leads, at its first step; or why it isn't sent.
   * @param path under which the link is offered
   * @throws the system's error
   */
  async targetOf(diskPath: string, path: string): Promise<{ target: string } | { reason: UnsendableReason }> {
    const bytes = await readlink(diskPath, { encoding: 'buffer' });
    if (!isUtf8(bytes)) return { reason: 'impossible-target' };
    const text = bytes.toString('utf8');
    const target = this.#offeredAt(
      await firstStep(isAbsolute(text) ? text : below(dirname(diskPath), text)),
      path,
    );
    if (target === null) return { reason: 'leads-out' };
    // Each link on the way is in what is sent; what the last one leads to must be, too.
    const end = await realPathOf(diskPath);
    if (end !== null && this.#offeredAt(end, path) === null) return { reason: 'leads-out' };
    return { target };
  }

  /** Null outside of what is sent. */
  #offeredAt(diskPath: string, path: string): string | null {
    let found: string | null = null;
    for (const { name, real, named } of this.#roots) {
      const rest = diskPath === named ? '' : restBelow(real, diskPath);
      if (rest === null || rest.includes(REPLACEMENT)) continue;
      const offered = `${name}${rest}`.normalize('NFC');
      // What was named twice leads where it is nearest.
      if (path.startsWith(`${name}/`)) return offered;
      found ??= offered;
    }
    return found;
  }
}

/** What a link's text names, without following that: no link leads there. Where nothing is, the rest of it goes by its text. */
async function firstStep(path: string): Promise<string> {
  const name = basename(path);
  if (name === '' || name === '.' || name === '..') return realOrByText(path);
  return below(await realOrByText(dirname(path)), name);
}

/** @param left links that may still be followed, over all of a path: what leads in a circle ends at one of its own, after few steps */
async function realOrByText(path: string, left = { links: MOST_LINKS }): Promise<string> {
  const real = await realPathOf(path);
  if (real !== null) return real;
  const parent = dirname(path);
  if (parent === path) return path;
  const here = resolve(await realOrByText(parent, left), basename(path));
  const text = left.links === 0 ? null : await readlink(here).catch(() => null);
  // A link that leads nowhere leads on all the same.
  if (text === null) return here;
  left.links -= 1;
  return realOrByText(isAbsolute(text) ? text : below(dirname(here), text), left);
}

/** Null where nothing is, or nobody may look. */
async function realPathOf(path: string): Promise<string | null> {
  try {
    return await realpath(path);
  } catch (error) {
    if (NOT_THERE.has(errnoOf(error) ?? '')) return null;
    throw error;
  }
}

/** Joined as text: what `..` means depends on where links lead. */
function below(folder: string, path: string): string {
  return folder.endsWith(sep) ? folder + path : folder + sep + path;
}

/** `''` for the folder itself, else what follows it, from a `/` on; null for what isn't in it. */
function restBelow(folder: string, path: string): string | null {
  if (path === folder) return '';
  const start = folder.endsWith(sep) ? folder : folder + sep;
  if (!path.startsWith(start)) return null;
  return `/${path.slice(start.length).split(sep).join('/')}`;
}
