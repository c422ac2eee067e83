// The last that is done to a folder: it gets its time, since nothing changes in it any more, and the names in it are made durable, on systems
// that know such a thing.
import { constants, realpathSync } from 'node:fs';
import { type FileHandle, open, utimes } from 'node:fs/promises';
import { withDescriptor } from '../descriptors.ts';
import { errnoOf, sinkError } from '../disk/disk-error.ts';
import { isSamePath } from '../disk/same-path.ts';
import type { DiskRefusals } from '../parts/disk-refusals.ts';
import { setTime } from '../parts/mode-and-time.ts';

/** Of a folder that may be entered but not read, or a disk without the notion. */
const NO_FLUSH = ['EACCES', 'EPERM', 'EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EBADF'];
/** Of a link that has been put in the place of a folder since files got their names in that. */
const NO_FOLDER = ['ELOOP', 'ENOTDIR'];
/** A link that has been put in its place isn't followed. */
const FOLDER_FLAGS = constants.O_RDONLY | (constants.O_DIRECTORY ?? 0) | (constants.O_NOFOLLOW ?? 0);

/** Folders that are done side by side. */
const SYNCS_AT_ONCE = 8;

/**
 * @param folders each with its time, null to leave that
 * @throws TransferError `sink-failed`, `no-space`
 */
export async function syncFolders(
  folders: [folder: string, modifiedMs: number | null][],
  refusals: DiskRefusals,
): Promise<void> {
  const workers = Array.from({ length: SYNCS_AT_ONCE }, async () => {
    for (let next = folders.pop(); next !== undefined; next = folders.pop())
      await syncFolder(...next, refusals);
  });
  await Promise.all(workers);
}

/**
 * @param modifiedMs null to leave its time
 * @throws TransferError `sink-failed`, `no-space`
 */
async function syncFolder(folder: string, modifiedMs: number | null, refusals: DiskRefusals): Promise<void> {
  if (process.platform === 'win32') return setTimeByPath(folder, modifiedMs, refusals);
  let handle: FileHandle;
  try {
    handle = await withDescriptor(() => open(folder, FOLDER_FLAGS));
  } catch (error) {
    if (![...NO_FLUSH, ...NO_FOLDER].includes(errnoOf(error) ?? '')) throw sinkError(error, folder);
    if (modifiedMs !== null) refusals.note('time');
    return;
  }
  try {
    // What leads there may have been swapped for a link meanwhile: then it is another folder.
    if (modifiedMs !== null && isSamePath(realpathSync.native(folder), folder))
      setTime(handle.fd, modifiedMs, refusals);
    await handle.sync();
  } catch (error) {
    if (!NO_FLUSH.includes(errnoOf(error) ?? '')) throw sinkError(error, folder);
  } finally {
    await handle.close();
  }
}

/** Where a folder can't be opened. */
async function setTimeByPath(
  folder: string,
  modifiedMs: number | null,
  refusals: DiskRefusals,
): Promise<void> {
  if (modifiedMs === null) return;
  const time = new Date(modifiedMs);
  await utimes(folder, time, time).catch(() => refusals.note('time'));
}
