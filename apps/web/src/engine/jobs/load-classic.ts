// The one import of the worker's classic room: other transfers go without its code.
import { TransferError } from '@p2p-copy/core';

/** Errors: `relay-unreachable`, which is where the code comes from. */
export function loadClassic(): Promise<typeof import('../classic/index.ts')> {
  return import('../classic/index.ts').catch((cause: unknown) => {
    throw new TransferError('relay-unreachable', undefined, { cause });
  });
}
