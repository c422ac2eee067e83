// How a job's failure crosses to the page.
import { type ErrorRecord, TransferError, toErrorRecord } from '@p2p-copy/core';

type Failure = { type: 'failed'; error: ErrorRecord } | { type: 'crashed'; message: string };

export function reportFailure(error: unknown, report: (failure: Failure) => void): void {
  if (error instanceof TransferError) {
    report({ type: 'failed', error: toErrorRecord(error) });
    return;
  }
  console.error(error);
  report({ type: 'crashed', message: error instanceof Error ? error.message : String(error) });
}
