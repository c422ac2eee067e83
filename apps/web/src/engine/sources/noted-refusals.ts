// What the browser said of files that it refused to read while they were sent: a result knows of each only its code.
import type { FailedFile, TransferEvent } from '@p2p-copy/core';
import { type Refusal, refusalBehind } from '../../contract/browser-refusal.ts';

export class NotedRefusals {
  readonly #byPath = new Map<string, Refusal>();

  /** A file will not be delivered. */
  note({ path, cause }: Pick<TransferEvent & { type: 'file-failed' }, 'path' | 'cause'>): void {
    const refusal = refusalBehind(cause);
    if (refusal !== null) this.#byPath.set(path, refusal);
  }

  /** The failed files, each with its refusal if there was one. */
  told(failed: readonly FailedFile[]): (FailedFile & { refusal?: Refusal })[] {
    return failed.map((file) => {
      const refusal = file.code === 'source-unreadable' ? this.#byPath.get(file.path) : undefined;
      return refusal === undefined ? file : { ...file, refusal };
    });
  }
}
