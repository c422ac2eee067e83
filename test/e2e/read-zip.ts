// What a .zip without compression holds, read by its central directory.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Tree } from './test-content.ts';

export async function treeInZip(file: string): Promise<Tree> {
  const zip = await readFile(file);
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  const tree: Tree = {};
  const folders: string[] = [];
  let at = zip.readUInt32LE(end + 16);
  for (let i = zip.readUInt16LE(end + 10); i > 0; i--) {
    const [method, sizeBytes] = [zip.readUInt16LE(at + 10), zip.readUInt32LE(at + 24)];
    const [nameBytes, extraBytes] = [zip.readUInt16LE(at + 28), zip.readUInt16LE(at + 30)];
    const name = zip.toString('utf8', at + 46, at + 46 + nameBytes);
    const local = zip.readUInt32LE(at + 42);
    if (method !== 0) throw new Error(`${name} is compressed`);
    if (name.endsWith('/')) folders.push(name.slice(0, -1));
    else {
      const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
      tree[name] = createHash('sha256')
        .update(zip.subarray(start, start + sizeBytes))
        .digest('hex');
    }
    at += 46 + nameBytes + extraBytes + zip.readUInt16LE(at + 32);
  }
  const paths = [...Object.keys(tree), ...folders];
  for (const folder of folders) {
    if (!paths.some((path) => path.startsWith(`${folder}/`))) tree[folder] = 'folder';
  }
  return tree;
}

/** Permissions, octal, and seconds since 1970 of everything that a .zip holds, by the path that it has in there. */
export async function settingsInZip(file: string): Promise<Record<string, [mode: string, seconds: number]>> {
  const zip = await readFile(file);
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  const settings: Record<string, [string, number]> = {};
  let at = zip.readUInt32LE(end + 16);
  for (let i = zip.readUInt16LE(end + 10); i > 0; i--) {
    const [nameBytes, extraBytes] = [zip.readUInt16LE(at + 28), zip.readUInt16LE(at + 30)];
    const extra = zip.subarray(at + 46 + nameBytes, at + 46 + nameBytes + extraBytes);
    // Info-ZIP's extended timestamp with nothing but the time of change.
    if (extra.toString('hex', 0, 5) !== '5554050001') throw new Error('no extended timestamp');
    const name = zip.toString('utf8', at + 46, at + 46 + nameBytes);
    settings[name] = [((zip.readUInt32LE(at + 38) >>> 16) & 0o7777).toString(8), extra.readInt32LE(5)];
    at += 46 + nameBytes + extraBytes + zip.readUInt16LE(at + 32);
  }
  return settings;
}
