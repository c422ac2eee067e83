// What the engine was told of a choice of files: told again where another session sends the same.
import type { PickedItem, SendCommand } from '../contract/messages.ts';
import { topOf } from '../format/top-of.ts';

export class ToldItems {
  #items: PickedItem[] = [];
  #roots: FileSystemHandle[] = [];
  #hasEnded = false;

  /** Whether there is anything to tell again. */
  get isEmpty(): boolean {
    return this.#items.length === 0;
  }

  /** Notes what the engine is told; what isn't about files is passed over. */
  note(command: SendCommand): void {
    switch (command.type) {
      case 'items':
        for (const item of command.items) this.#items.push(item);
        return;
      case 'items-removed':
        this.#items = this.#items.filter((item) => topOf(item) !== command.top);
        return;
      case 'roots':
        this.#roots = command.roots;
        return;
      case 'items-more':
        this.#hasEnded = false;
        return;
      case 'items-end':
        this.#hasEnded = true;
        return;
      case 'items-failed':
        this.#items = [];
    }
  }

  /** Tells it to another job. While a folder is still being read, the rest follows. */
  tellAgain(tell: (command: SendCommand) => void): void {
    tell({ type: 'items', items: this.#items });
    tell({ type: 'roots', roots: this.#roots });
    if (this.#hasEnded) tell({ type: 'items-end' });
  }
}
