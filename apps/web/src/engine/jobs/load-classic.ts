// The one import of the worker's classic room: other transfers go without its code.
import { TransferError } from '@p2p-copy/core';

/**
 * Browsers keep a failed import, so only a reload of the page helps.
 * @throws TransferError `not-a-relay`, from which the code comes
 */
export function loadClassic(): Promise<typeof import('../classic/index.ts')> {
  return import('../classic/index.ts').catch((cause: unknown) => {
    throw new TransferError('not-a-relay', undefined, { cause });
  });
}
