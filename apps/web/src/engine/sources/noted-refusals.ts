// What the browser said of files that it refused to read while they were sent: a result knows of each only its code.
import type { FailedFile, SourceEntry } from '@p2p-copy/core';
import { type Refusal, refusalBehind } from '../../contract/browser-refusal.ts';

export class NotedRefusals {
  readonly #byPath = new Map<string, Refusal>();

  /** The same entries, whose refusals are noted. */
  of(entries: readonly SourceEntry[]): SourceEntry[] {
    return entries.map((entry) => ({
      ...entry,
      open: async () => {
        const source = await entry.open();
        return { ...source, read: (offset, into) => source.read(offset, into).catch(this.#note(entry.path)) };
      },
    }));
  }

  /** The failed files, each with its refusal if there was one. */
  told(failed: readonly FailedFile[]): (FailedFile & { refusal?: Refusal })[] {
    return failed.map((file) => {
      const refusal = file.code === 'source-unreadable' ? this.#byPath.get(file.path) : undefined;
      return refusal === undefined ? file : { ...file, refusal };
    });
  }

  #note(path: string): (error: unknown) => never {
    return (error) => {
      const refusal = refusalBehind(error);
      if (refusal !== null) this.#byPath.set(path, refusal);
      throw error;
    };
  }
}
