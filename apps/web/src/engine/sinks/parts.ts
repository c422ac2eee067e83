// The parts of a transfer that have no name yet, to be deleted when its person stops it for good.
import { nameOf } from '../folders/disk-error.ts';

export class Parts {
  readonly #parts = new Map<string, { folder: FileSystemDirectoryHandle; name: string }>();

  /** A part that was opened or found. @param path of its file in the offer */
  add(path: string, folder: FileSystemDirectoryHandle, name: string): void {
    this.#parts.set(path, { folder, name });
  }

  /** The file has its name. */
  done(path: string): void {
    this.#parts.delete(path);
  }

  /** Deletes them, once none is open; how many could not be deleted. */
  async remove(): Promise<number> {
    let left = 0;
    for (const { folder, name } of this.#parts.values()) {
      await folder.removeEntry(name).catch((cause: unknown) => {
        if (nameOf(cause) !== 'NotFoundError') left += 1;
      });
    }
    return left;
  }
}
