// Makes the names in a folder durable, on systems that know such a thing.
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { withDescriptor } from '../descriptors.ts';
import { errnoOf, sinkError } from '../disk/disk-error.ts';

/** Of a folder that may be entered but not read, or a disk without the notion. */
const NO_FLUSH = ['EACCES', 'EPERM', 'EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EBADF'];

/** @throws TransferError `sink-failed`, `no-space` */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  try {
    const handle = await withDescriptor(() =>
      open(folder, constants.O_RDONLY | (constants.O_DIRECTORY ?? 0)),
    );
    await handle.sync().finally(() => handle.close());
  } catch (error) {
    if (!NO_FLUSH.includes(errnoOf(error) ?? '')) throw sinkError(error, folder);
  }
}
