// The files of a session of which something has come and that have not ended. Too many hold up the next record.
import type { IncomingFile } from './incoming-file.ts';

/**
 * Files under way, at most, when another record is taken: credit counts bytes, and a million empty files have none. A
 * sender has far fewer files under way whose digest is yet to come, so this many always hold some that can end.
 */
const MAX_FILES_UNDER_WAY = 2048;

/** Files of a session that have begun and not ended, by index; says when there is room for more. */
export class FilesUnderWay {
  readonly #files = new Map<number, IncomingFile>();
  #isOver = false;
  #wakeTaker: (() => void)[] = [];

  get(index: number): IncomingFile | undefined {
    return this.#files.get(index);
  }

  add(file: IncomingFile): IncomingFile {
    this.#files.set(file.entry.index, file);
    return file;
  }

  /** The file has ended. */
  delete(index: number): void {
    this.#files.delete(index);
    this.#wake();
  }

  get all(): IncomingFile[] {
    return [...this.#files.values()];
  }

  /** Undefined, or resolves when there is room for another record's files. */
  get room(): Promise<void> | undefined {
    return this.#isFull ? this.#untilRoom() : undefined;
  }

  /** Nothing is held up any more. */
  end(): void {
    this.#isOver = true;
    this.#wake();
  }

  get #isFull(): boolean {
    return !this.#isOver && this.#files.size > MAX_FILES_UNDER_WAY;
  }

  async #untilRoom(): Promise<void> {
    while (this.#isFull) {
      await new Promise<void>((resolve) => this.#wakeTaker.push(resolve));
    }
  }

  #wake(): void {
    for (const resolve of this.#wakeTaker.splice(0)) resolve();
  }
}
