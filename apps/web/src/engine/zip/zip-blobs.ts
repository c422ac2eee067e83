// Packs files in memory into one .zip, stored without compression. The .zip refers to the files' own bytes: it takes no second
// room for them.
import { makeZip, type ZipEntry } from './make-zip.ts';

const READ_BYTES = 1024 * 1024;

/** A whole file, or a folder, in memory. */
export interface HeldEntry extends Omit<ZipEntry, 'content'> {
  /** Null for a folder. */
  file: File | null;
}

export async function zipBlobs(
  held: Iterable<HeldEntry>,
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
  function* entries(): Generator<ZipEntry> {
    for (const { file, ...entry } of held) {
      yield { ...entry, content: file === null ? null : { sizeBytes: file.size, pieces: read(file) } };
    }
  }

  const parts: BlobPart[] = [];
  for await (const piece of makeZip(entries())) {
    const file = firsts.get(piece);
    firsts.delete(piece);
    if (file !== undefined) parts.push(file);
    else if (!others.has(piece)) parts.push(piece as Uint8Array<ArrayBuffer>);
  }
  return new File(parts, 'all.zip');
}
