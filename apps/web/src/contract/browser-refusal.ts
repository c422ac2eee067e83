// A browser's refusal of a call on a file or on its storage, on its way to the page, which tells of it in the person's language: by
// the exception's name. The browser's own text is English, and not for the person who reads the page.
import { type ErrorRecord, fromErrorRecord, type TransferError, toErrorRecord } from '@p2p-copy/core';

export interface Refusal {
  call: 'read' | 'write';
  /** Of the file or folder; null for this browser's storage as a whole. */
  path: string | null;
  /** Of the DOMException, or of what was thrown in place of one; `REFUSED_NAME` for a file's name that the browser doesn't take. */
  exception: string;
}

/** Browsers answer a name that they don't take with a TypeError, as they do in other cases. */
export const REFUSED_NAME = 'refused name';

/** The cause of a TransferError that tells of a refusal; its own cause is what the browser threw. */
export class BrowserRefusal extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal, cause?: unknown) {
    super(`${refusal.exception} at a ${refusal.call}`, { cause });
    this.refusal = refusal;
  }
}

/** An error, with the refusal behind it if there is one. */
export type FailureRecord = ErrorRecord & { refusal?: Refusal };

export function toFailureRecord(error: TransferError): FailureRecord {
  const refusal = refusalBehind(error);
  return { ...toErrorRecord(error), ...(refusal !== null && { refusal }) };
}

/** The error that `toFailureRecord` made the record of. */
export function fromFailureRecord(record: FailureRecord): TransferError {
  const { refusal } = record;
  return fromErrorRecord(record, refusal && new BrowserRefusal(refusal));
}

/** The refusal among an error's causes; null when there is none. */
export function refusalBehind(error: unknown): Refusal | null {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if (at instanceof BrowserRefusal) return at.refusal;
  }
  return null;
}
