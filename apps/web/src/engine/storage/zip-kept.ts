// Packs a received transfer into one .zip beside it in OPFS, streamed from disk to disk, stored without compression.
import { TransferError } from '@p2p-copy/core';
import { freeBytes } from '../../capabilities/free-bytes.ts';
import { diskError } from '../folders/disk-error.ts';
import { piecesOf, writePieces } from '../folders/write-to-handle.ts';
import { makeZip, type ZipEntry } from '../zip/make-zip.ts';
import type { KeptTransfer } from './kept-transfers.ts';

const ZIP_NAME = 'all.zip';
const REPORT_BYTES = 4 * 1024 * 1024;

/**
 * The packed file, backed by the disk.
 * @throws TransferError `no-space`, `sink-failed`
 */
export async function zipKept(kept: KeptTransfer, onProgress: (bytes: number) => void): Promise<File> {
  await checkRoom(kept);
  try {
    const zip = await kept.home.getFileHandle(ZIP_NAME, { create: true });
    const target = await zip.createSyncAccessHandle();
    try {
      let reported = 0;
      await writePieces(target, makeZip(zipEntries(kept)), (bytes) => {
        if (bytes - reported < REPORT_BYTES) return;
        reported = bytes;
        onProgress(bytes);
      });
    } finally {
      target.close();
    }
    return await zip.getFile();
  } catch (cause) {
    await kept.home.removeEntry(ZIP_NAME).catch(() => {});
    throw diskError(cause, ZIP_NAME);
  }
}

async function* zipEntries(kept: KeptTransfer): AsyncGenerator<ZipEntry> {
  for (const folder of kept.folders.values()) yield { ...folder, content: null };
  for (const entry of kept.files.values()) {
    const file = await kept.open(entry.path);
    yield { ...entry, content: { sizeBytes: file.size, pieces: piecesOf(file.stream()) } };
  }
}

async function checkRoom(kept: KeptTransfer): Promise<void> {
  let needed = 0;
  for (const file of kept.files.values()) needed += file.sizeBytes;
  if (needed > ((await freeBytes()) ?? Infinity)) {
    throw new TransferError('no-space', 'There is not enough room to pack all files. Save them one by one.');
  }
}
