// The one import of the worker's classic room: other transfers go without its code.
import { TransferError } from '@p2p-copy/core';
import { ModuleLoader } from '../../loading/module-loader.ts';

const rooms = new ModuleLoader(() => import('../classic/index.ts'));

/** @throws TransferError `load-failed` */
export async function loadClassic(): Promise<typeof import('../classic/index.ts')> {
  try {
    return await rooms.get();
  } catch (cause) {
    throw new TransferError('load-failed', undefined, { cause });
  }
}
