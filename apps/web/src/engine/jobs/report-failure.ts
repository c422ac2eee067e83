// How a job's failure crosses to the page.
import { TransferError } from '@p2p-copy/core';
import { type FailureRecord, toFailureRecord } from '../../contract/browser-refusal.ts';

type Failure = { type: 'failed'; error: FailureRecord } | { type: 'crashed'; message: string };

export function reportFailure(error: unknown, report: (failure: Failure) => void): void {
  if (error instanceof TransferError) {
    report({ type: 'failed', error: toFailureRecord(error) });
    return;
  }
  console.error(error);
  report({ type: 'crashed', message: error instanceof Error ? error.message : String(error) });
}
