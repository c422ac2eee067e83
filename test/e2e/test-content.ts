// Content to send, and what a tree of files holds, for comparing.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** By path with `/`: the SHA-256 of a file, or `folder` for an empty folder. Names are in NFC, as they travel. */
export type Tree = Record<string, string>;

/** Pseudo-random bytes that don't compress, without holding them. */
export async function writeRandomFile(file: string, sizeBytes: number): Promise<void> {
  const block = new Uint32Array(1024 * 1024);
  let state = 0x9e3779b9;
  const handle = await open(file, 'w');
  for (let written = 0; written < sizeBytes; written += block.byteLength) {
    for (let i = 0; i < block.length; i++) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      block[i] = state;
    }
    await handle.write(new Uint8Array(block.buffer, 0, Math.min(block.byteLength, sizeBytes - written)));
  }
  await handle.close();
}

/** Names that are legal, and that careless code gets wrong. */
const AWKWARD_NAMES = [
  'with spaces  and  more.txt',
  'it\'s "quoted".txt',
  '.hidden',
  '-rf',
  '--help',
  '100% #1 & co.txt',
  '&amp;&lt;b&gt;.html',
  '<img src=x onerror=alert(1)>.png',
  '$(touch pwned) `id`.sh',
  'semi;colon,comma=equals+plus.txt',
  'ends with dot.',
  '~tilde',
  'a:colon.txt',
  'wild*card?.txt',
  'pipe|name.txt',
  'con.txt',
  '日本語のファイル名.txt',
  'שלום עולם.txt',
  'مرحبا.txt',
  '👩‍👩‍👧‍👦 family 🏳️‍🌈.txt',
  'naïve café (NFC).txt'.normalize('NFC'),
  'naïve café (NFD).txt'.normalize('NFD'),
  `${'long name '.repeat(24)}.txt`,
  `${'長'.repeat(80)}.txt`,
  'constructor',
  '__proto__',
];

/** A name that a disk takes and a browser doesn't. */
export const BACKSLASH_NAME = 'back\\slash.txt';

/** A folder of `count` files: empty ones, awkward names (those too that only a disk takes), nested folders, empty ones. */
export async function writeTree(root: string, receiver: 'browser' | 'CLI', count = 2000): Promise<void> {
  const awkward = receiver === 'CLI' ? [...AWKWARD_NAMES, BACKSLASH_NAME] : AWKWARD_NAMES;
  await mkdir(path.join(root, 'awkward'), { recursive: true });
  for (const [i, name] of awkward.entries()) {
    await writeFile(path.join(root, 'awkward', name), `content ${i} of ${name}`);
  }
  await mkdir(path.join(root, 'empty folder'));
  await mkdir(path.join(root, 'nested', 'empty', 'deep', '空'), { recursive: true });
  const files = count - awkward.length;
  for (let i = 0; i < files; i++) {
    const folder = path.join(root, `part ${i % 20}`, `${Math.floor(i / 200)}`);
    await mkdir(folder, { recursive: true });
    // Every tenth is empty.
    const sizeBytes = i % 10 === 0 ? 0 : (i * 37) % 8192;
    await writeFile(path.join(folder, `file ${i}.bin`), Buffer.alloc(sizeBytes, i));
  }
}

/** Reads a tree from disk. */
export async function treeOnDisk(root: string): Promise<Tree> {
  const tree: Tree = {};
  await readInto(tree, root, '');
  return tree;
}

async function readInto(tree: Tree, root: string, folder: string): Promise<void> {
  const entries = await readdir(path.join(root, folder), { withFileTypes: true });
  if (entries.length === 0 && folder !== '') tree[folder.normalize('NFC')] = 'folder';
  for (const entry of entries) {
    const at = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) await readInto(tree, root, at);
    else tree[at.normalize('NFC')] = await hashFile(path.join(root, at));
  }
}

/** SHA-256 of a file, streamed. */
export async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const bytes of createReadStream(file)) hash.update(bytes);
  return hash.digest('hex');
}
