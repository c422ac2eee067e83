// Where the files of a benchmark lie: memory-backed storage when it has room, so that a disk isn't what is measured.
import { existsSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { freemem, tmpdir } from 'node:os';
import path from 'node:path';

const MEMORY_BACKED = '/dev/shm';
/** Beyond the files themselves, for the processes. */
const SPARE_BYTES = 2 * 2 ** 30;

/** Makes an empty folder for `neededBytes` that is removed when this process exits. */
export function makeScratchFolder(neededBytes) {
  const parent = hasRoom(MEMORY_BACKED, neededBytes + SPARE_BYTES) ? MEMORY_BACKED : tmpdir();
  const folder = mkdtempSync(path.join(parent, 'p2p-copy-bench-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function hasRoom(folder, bytes) {
  if (!existsSync(folder)) return false;
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize >= bytes && freemem() >= bytes;
}
