// The small tree that is sent: files around the size of a chunk, and one of many. And what may stand on a disk of it.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { PART_SUFFIX } from '../../packages/core/src/names/part-name.ts';
import { CHUNK_BYTES } from '../../packages/core/src/wire/limits.ts';
import { seededRandom } from './seeded-random.ts';

/** In the order in which they are sent: the big one is under way for most of the transfer. */
const SIZES = {
  'a-big.bin': 3 * 1024 * 1024,
  'b/chunk-less-one': CHUNK_BYTES - 1,
  'b/chunk': CHUNK_BYTES,
  'b/chunk-and-one': CHUNK_BYTES + 1,
  'c/one': 1,
  'c/empty': 0,
};

export const BIG_PART: string = `a-big.bin${PART_SUFFIX}`;

export interface SentTree {
  /** Files and folders to send. */
  paths: string[];
  content: ReadonlyMap<string, Uint8Array>;
}

/** Makes the tree in a folder. */
export async function makeSentTree(folder: string): Promise<SentTree> {
  const content = new Map<string, Uint8Array>();
  for (const [name, sizeBytes] of Object.entries(SIZES)) {
    const bytes = seededRandom(sizeBytes).bytes(sizeBytes);
    content.set(name, bytes);
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), bytes);
  }
  return { paths: readdirSync(folder).map((name) => path.join(folder, name)), content };
}

/** What arrived in a folder, and what is wrong with it: a wrong file under a final name, a part of other bytes. */
export function inspectArrival(
  folder: string,
  { content }: SentTree,
): { complete: boolean; files: number; faults: string[] } {
  const faults: string[] = [];
  let files = 0;
  for (const name of filesIn(folder)) {
    const bytes = readFileSync(path.join(folder, name));
    const isPart = name.endsWith(PART_SUFFIX);
    const wanted = content.get(isPart ? name.slice(0, -PART_SUFFIX.length) : name);
    if (!isPart) files += 1;
    if (wanted === undefined) faults.push(`${name} was never sent`);
    else if (isPart && !isPartOf(bytes, wanted)) faults.push(`${name} holds what was never sent`);
    else if (!isPart && Buffer.compare(bytes, wanted) !== 0) {
      faults.push(`${name} stands under its final name and is not what was sent`);
    }
  }
  return { complete: files === content.size && faults.length === 0, files, faults };
}

/** Paths of files below a folder, which need not exist. */
function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder, { recursive: true }) as string[];
  return names.filter((name) => statSync(path.join(folder, name)).isFile());
}

/** Chunks of the content, and holes where none has come. */
function isPartOf(part: Uint8Array, content: Uint8Array): boolean {
  if (part.length > content.length) return false;
  for (let at = 0; at < part.length; at += CHUNK_BYTES) {
    const piece = part.subarray(at, at + CHUNK_BYTES);
    if (piece.every((byte) => byte === 0)) continue;
    if (Buffer.compare(piece, content.subarray(at, at + piece.length)) !== 0) return false;
  }
  return true;
}
