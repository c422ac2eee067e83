// Packs files in memory into one .zip, stored without compression. The .zip refers to the files' own bytes: it takes no second
// room for them.
import { makeZip } from 'client-zip';
import { zipSettings } from './zip-settings.ts';

const READ_BYTES = 1024 * 1024;

export async function zipBlobs(
  folders: Iterable<string>,
  files: ReadonlyMap<string, File>,
  onProgress: (bytes: number) => void,
): Promise<File> {
  /** What was read for the checksums, and passes through unchanged: of each file its first piece, and the others. */
  const firsts = new Map<Uint8Array, File>();
  const others = new WeakSet<Uint8Array>();
  let readBytes = 0;

  async function* read(file: File) {
    for (let offset = 0; offset < file.size; offset += READ_BYTES) {
      const piece = new Uint8Array(await file.slice(offset, offset + READ_BYTES).arrayBuffer());
      if (offset === 0) firsts.set(piece, file);
      else others.add(piece);
      readBytes += piece.length;
      onProgress(readBytes);
      yield piece;
    }
  }
  function* entries() {
    for (const path of folders) yield { name: `${path}/` };
    for (const [path, file] of files) {
      yield { name: path, input: read(file), ...zipSettings({ modifiedMs: file.lastModified }) };
    }
  }

  const parts: BlobPart[] = [];
  const reader = makeZip(entries()).getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    const piece = next.value as Uint8Array<ArrayBuffer>;
    const file = firsts.get(piece);
    firsts.delete(piece);
    if (file !== undefined) parts.push(file);
    else if (!others.has(piece)) parts.push(piece);
  }
  return new File(parts, 'all.zip');
}
