// Port BulkCrypto by WebCrypto, for version 2. WebCrypto takes a copy of its input when it is called.
import { type BulkCrypto, webBulkCrypto } from '@p2p-copy/core';
import { releaseMemory } from './release-memory.ts';

export const browserBulkCrypto: BulkCrypto = {
  ...webBulkCrypto,
  async importKey(key) {
    const imported = await webBulkCrypto.importKey(key);
    return {
      ...imported,
      open(iv, sealed) {
        const opened = imported.open(iv, sealed);
        releaseMemory(sealed);
        return opened;
      },
    };
  },
  release: releaseMemory,
};
