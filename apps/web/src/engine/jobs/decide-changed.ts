// Which files are wanted although they changed since they were accepted: the person is asked, with their names and sizes.
import type { ChangedFile } from '@p2p-copy/core';
import { freeBytes } from '../../capabilities/free-bytes.ts';
import type { ChangedFiles } from '../../contract/messages.ts';

/** Changes that are shown; the others are counted. */
const SHOWN = 20;

/** Shows the question, or takes it back with null. */
type ShowQuestion = (question: { id: number; changed: ChangedFiles } | null) => void;

export class ChangeQuestion {
  readonly #show: ShowQuestion;
  #id = 0;
  #answer: (takes: boolean) => void = () => {};

  constructor(show: ShowQuestion) {
    this.#show = show;
  }

  /** Indices of those that are wanted as they are now, and for which there is room. @param signal takes the question back */
  async ask(changed: readonly ChangedFile[], signal: AbortSignal): Promise<Set<number>> {
    if (changed.length === 0 || signal.aborted) return new Set();
    const answered = new Promise<boolean>((resolve) => {
      this.#answer = resolve;
      signal.addEventListener('abort', () => resolve(false), { once: true });
    });
    this.#id += 1;
    const first = changed
      .slice(0, SHOWN)
      .map(({ path, acceptedBytes, sizeBytes }) => ({ path, acceptedBytes, sizeBytes }));
    this.#show({ id: this.#id, changed: { first, files: changed.length } });
    const takes = await answered;
    this.#show(null);
    return takes ? withRoom(changed) : new Set();
  }

  /** An answer to another question than the last counts for nothing. */
  answer(id: number, takes: boolean): void {
    if (id === this.#id) this.#answer(takes);
  }
}

async function withRoom(changed: readonly ChangedFile[]): Promise<Set<number>> {
  let free = (await freeBytes()) ?? Number.POSITIVE_INFINITY;
  const wanted = new Set<number>();
  for (const { index, sizeBytes } of changed) {
    const bytes = sizeBytes ?? 0;
    if (bytes > free) continue;
    free -= bytes;
    wanted.add(index);
  }
  return wanted;
}
