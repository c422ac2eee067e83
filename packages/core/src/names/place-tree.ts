// The places that an offer's entries take, as a tree with a folder only where paths part (a compressed trie): at most two
// nodes an entry, however deep the paths are, and no prefix kept as text. docs/PROTOCOL.md section 10.
import { TransferError } from '../foundation/errors.ts';
import type { ManifestEntry } from '../ports/entry.ts';
import { quoted } from './check-path.ts';

const SLASH = 47;

/** A place below which others lie. Its label, one or more segments of `path`, ends at `to`. */
interface Folder {
  readonly path: string;
  readonly to: number;
  /** The entry that lists it; null for a folder that only paths name. */
  listed: ManifestEntry | null;
  /** By the first segment of their labels, folded. An entry's label is the rest of its path. */
  readonly children: Map<string, Node>;
}
type Node = Folder | ManifestEntry;

/** Notes the places that entries take, and finds those that can’t be together. */
export class PlaceTree {
  readonly #root: Folder = newFolder('', 0, null);
  readonly #foldsCase: boolean;
  #steps = 0;

  /** @param foldsCase whether names that differ only in case are the same place */
  constructor(foldsCase: boolean) {
    this.#foldsCase = foldsCase;
  }

  /** Segments looked up or compared so far. */
  get steps(): number {
    return this.#steps;
  }

  /**
   * @throws TransferError `path-refused` for a place that is taken or lies below a file; `name-impossible` for names
   * that fold into one
   */
  add(entry: ManifestEntry): void {
    const { path } = entry;
    let folder = this.#root;
    for (let at = 0; ; ) {
      const key = this.#keyAt(path, at);
      this.#steps += 1;
      const node = folder.children.get(key);
      if (node === undefined) {
        folder.children.set(key, entry);
        return;
      }
      const to = this.#commonEnd(path, node, at);
      if (to === path.length || to < labelEnd(node)) {
        folder.children.set(key, this.#joined(entry, node, to));
        return;
      }
      if (!isFolder(node)) {
        if (node.kind !== 'folder') throw fileAndFolder(node.path);
        folder.children.set(key, this.#parted(node, to, [entry], node));
        return;
      }
      folder = node;
      at = to + 1;
    }
  }

  /** Why no link may lead to a path: nothing is offered under its first name, or another link is on the way to it; null where one may. */
  targetFault(path: string): 'unknown' | 'through-link' | null {
    let folder = this.#root;
    for (let at = 0; ; ) {
      this.#steps += 1;
      const node = folder.children.get(this.#keyAt(path, at));
      if (node === undefined) return at === 0 ? 'unknown' : null;
      const to = labelEnd(node);
      const isOnWay = to < path.length && path.startsWith(node.path.slice(at, to), at);
      if (!isOnWay || !isSegmentEnd(path, to, path.length)) return null;
      if (!isFolder(node)) return node.kind === 'link' ? 'through-link' : null;
      folder = node;
      at = to + 1;
    }
  }

  /**
   * Writes for each entry the index of the folder entry nearest above it, −1 where none is. Yields after each node, so that a
   * caller may pause.
   */
  *nearestFolders(into: Int32Array): Generator<void> {
    const waiting: [folder: Folder, above: number][] = [[this.#root, -1]];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const [{ children }, above] = next;
      for (const node of children.values()) {
        const entry = isFolder(node) ? node.listed : node;
        if (entry !== null) into[entry.index] = above;
        if (isFolder(node)) waiting.push([node, entry?.index ?? above]);
        yield;
      }
    }
  }

  /** What stands in a folder for an entry and a node whose labels are the same up to `to`, where one of them ends or both part. */
  #joined(entry: ManifestEntry, node: Node, to: number): Node {
    const { path } = entry;
    if (to < path.length) return this.#parted(entry, to, [node, entry], null);
    if (to < labelEnd(node) || (isFolder(node) && node.listed === null)) {
      if (entry.kind !== 'folder') throw fileAndFolder(path);
      if (to < labelEnd(node)) return this.#parted(entry, to, [node], entry);
      return Object.assign(node, { listed: entry });
    }
    const listed = isFolder(node) ? node.listed! : node;
    if (listed.kind === 'folder' && entry.kind === 'folder') throw offeredTwice(path);
    if (listed.kind !== 'folder' && entry.kind !== 'folder') throw offeredTwice(path);
    throw fileAndFolder(path);
  }

  /** A folder whose label ends at `to`, and these below it. */
  #parted({ path }: ManifestEntry, to: number, nodes: Node[], listed: ManifestEntry | null): Folder {
    const folder = newFolder(path, to, listed);
    for (const node of nodes) folder.children.set(this.#keyAt(node.path, to + 1), node);
    return folder;
  }

  /**
   * Where the segments end that a path and a node's label have in common; both begin at `at`.
   * @throws TransferError `name-impossible` when the next segments differ, and fold into one
   */
  #commonEnd(path: string, node: Node, at: number): number {
    const other = node.path;
    const otherEnd = labelEnd(node);
    const end = Math.min(path.length, otherEnd);
    let segmentStart = at;
    let i = at;
    for (; i < end; i += 1) {
      const unit = path.charCodeAt(i);
      if (unit !== other.charCodeAt(i)) break;
      if (unit !== SLASH) continue;
      this.#steps += 1;
      segmentStart = i + 1;
    }
    const isWhole = isSegmentEnd(path, i, path.length) && isSegmentEnd(other, i, otherEnd);
    if (isWhole) return i;
    if (this.#foldsCase && this.#keyAt(path, segmentStart) === this.#keyAt(other, segmentStart)) {
      throw foldedIntoOne(
        other.slice(0, segmentEnd(other, segmentStart)),
        path.slice(0, segmentEnd(path, segmentStart)),
      );
    }
    return segmentStart - 1;
  }

  #keyAt(path: string, at: number): string {
    const segment = path.slice(at, segmentEnd(path, at));
    return this.#foldsCase ? segment.toUpperCase().toLowerCase() : segment;
  }
}

function newFolder(path: string, to: number, listed: ManifestEntry | null): Folder {
  return { path, to, listed, children: new Map() };
}

function isFolder(node: Node): node is Folder {
  return 'children' in node;
}

function labelEnd(node: Node): number {
  return isFolder(node) ? node.to : node.path.length;
}

function segmentEnd(path: string, at: number): number {
  const slash = path.indexOf('/', at);
  return slash < 0 ? path.length : slash;
}

function isSegmentEnd(path: string, at: number, end: number): boolean {
  return at === end || path.charCodeAt(at) === SLASH;
}

function fileAndFolder(path: string): TransferError {
  return new TransferError('path-refused', `The name ${quoted(path)} is both a file and a folder.`);
}

function offeredTwice(path: string): TransferError {
  return new TransferError('path-refused', `The name ${quoted(path)} is offered twice.`);
}

function foldedIntoOne(one: string, other: string): TransferError {
  return new TransferError(
    'name-impossible',
    `The names ${quoted(one)} and ${quoted(other)} would be the same file on this device.`,
  );
}
