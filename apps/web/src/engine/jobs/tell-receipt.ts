// Everything was received by an earlier tab: the sender that may still wait for the receipt is sought for a moment. PROTOCOL.md
// section 12, "The end of a transfer".
import {
  type EnginePorts,
  RECEIPT_SEEK_MS,
  type ReceiveOptions,
  receiveFiles,
  TransferError,
} from '@p2p-copy/core';
import type { Receiving } from './receiving.ts';

/**
 * Whatever comes of it, the files are here. What is stored stays as it is, so that it can come to the same end again.
 * @throws TransferError `interrupted` when the job was stopped or left meanwhile
 */
export async function tellReceipt(
  ports: EnginePorts,
  options: Omit<ReceiveOptions, 'review' | 'reviewChanged' | 'onResumable' | 'noteEnd'>,
  receiving: Receiving,
): Promise<void> {
  const leaving = new AbortController();
  const { signal } = options;
  const noneChanged = async () => new Set<number>();
  try {
    await receiveFiles(ports, {
      ...options,
      reconnectTimeoutMs: RECEIPT_SEEK_MS,
      signal: AbortSignal.any([signal, leaving.signal]),
      reviewChanged: noneChanged,
      // Stored by the tab that got them.
      onText() {},
      onResumable() {},
      noteEnd() {},
      async review(manifest) {
        const accepted = await receiving.openAccepted(manifest, noneChanged);
        if (accepted !== null) return accepted;
        // Another offer is for a person, who isn't asked about a transfer that is over.
        leaving.abort('leave');
        return { accept: false, code: 'interrupted' };
      },
    });
  } catch (error) {
    if (!(error instanceof TransferError) || signal.aborted) throw error;
  }
}
