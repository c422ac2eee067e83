// Files that the receiver's disk refuses for itself: they hold up no other, within limits. docs/PROTOCOL.md section 10.
import { expect, it } from 'vitest';
import { UnsavedFiles } from '../../src/content/unsaved-files.ts';
import type { ErrorCode } from '../../src/foundation/error-table.ts';
import { TransferError } from '../../src/foundation/errors.ts';
import { MAX_LET_GO_BYTES, MAX_UNSAVED_FILES } from '../../src/wire/limits.ts';

const refusal = (code: ErrorCode = 'sink-failed', retryable = false) =>
  new TransferError(code, '“a” cannot be written: blocked.', { retryable });

it('no more files than the limit fail alone: then it is the disk', () => {
  const unsaved = new UnsavedFiles(true);
  expect(unsaved.failure).toBeNull();
  for (let file = 0; file < MAX_UNSAVED_FILES; file += 1)
    expect(unsaved.add(refusal(), 0).code).toBe('sink-failed');
  expect(() => unsaved.add(refusal(), 0)).toThrow(TransferError);
  expect(unsaved.failure!.message).toBe('“a” cannot be written: blocked. Nor can 99 other files.');
});

it('no more content than the limit is let go, what was written of it and never durable included', () => {
  const unsaved = new UnsavedFiles(true);
  const first = unsaved.add(refusal(), 1);
  unsaved.letGo(MAX_LET_GO_BYTES - 1);
  expect(() => unsaved.letGo(1)).toThrow(first);
});

it.each([
  ['what may pass', refusal('sink-failed', true)],
  ['a full disk', refusal('no-space')],
  ['a wrong digest', refusal('digest-mismatch')],
  ['a part that another program changed', refusal('part-changed')],
  ['a link that was put in the place of a folder', refusal('path-refused')],
  ['the end of it all', refusal('interrupted')],
  ['a bug of ours', new TypeError('ours')],
])('%s is more than one file’s', (_, error) => {
  const unsaved = new UnsavedFiles(true);
  expect(() => unsaved.add(error, 0)).toThrow(error);
  expect(unsaved.failure).toBeNull();
});

it('where files make one whole, as in a .zip, the first that cannot be saved is the end', () => {
  const error = refusal();
  expect(() => new UnsavedFiles(false).add(error, 0)).toThrow(error);
});
