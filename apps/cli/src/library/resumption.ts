// The secret that resumes a transfer, as text that a user of the library can keep.
import { TransferError } from '@p2p-copy/core';

export function encodeResumption(transferSecret: Uint8Array): string {
  return Buffer.from(transferSecret).toString('base64url');
}

/** @throws TransferError `bad-code` for anything that `encodeResumption` didn't make */
export function parseResumption(text: string): Uint8Array<ArrayBuffer> {
  if (!isResumption(text)) throw new TransferError('bad-code', 'That resumes no transfer.');
  return new Uint8Array(Buffer.from(text, 'base64url'));
}

/** Whether a text is the form of 32 bytes. */
export function isResumption(text: string): boolean {
  return /^[A-Za-z0-9_-]{43}$/.test(text);
}
