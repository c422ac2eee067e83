// What earlier tabs left, as the first screen lists it.

import { recall, remember } from '../capabilities/remembered.ts';
import type { EngineClient } from '../client/engine-client.ts';
import type { ListedTransfer, Strays } from '../contract/messages.ts';
import { formatFiles } from '../format/quantities.ts';
import { spoken } from '../i18n/spoken.svelte.ts';

/** Whether a tab may have left some. */
const KEY = 'earlier';
/** So long the first screen waits for rows that would push it down. */
const MOST_WAIT_MS = 2000;

export class ListedTransfers {
  listed = $state.raw<ListedTransfer[]>([]);
  strays = $state.raw<Strays>({ transfers: 0, bytes: 0 });
  /** Some are likely, and not yet listed. */
  isDue = $state(recall(KEY, ['yes']) !== null);
  readonly #engine: EngineClient;

  constructor(engine: EngineClient) {
    this.#engine = engine;
    setTimeout(() => {
      this.isDue = false;
    }, MOST_WAIT_MS);
  }

  /** Whether it changes without this tab. */
  get isWatched(): boolean {
    return this.listed.some(({ isTaken }) => isTaken);
  }

  /** This tab begins one, and may leave it. */
  expect(): void {
    remember(KEY, 'yes');
  }

  async refresh(): Promise<void> {
    try {
      const { listed, strays } = await this.#engine.listTransfers();
      this.listed = listed.map((transfer) => ({
        ...transfer,
        title: transfer.title || untitled(transfer),
      }));
      this.strays = strays;
    } catch {
      // A browser without such storage has none.
      [this.listed, this.strays] = [[], { transfers: 0, bytes: 0 }];
    }
    this.isDue = false;
    remember(KEY, this.listed.length > 0 || this.strays.transfers > 0 ? 'yes' : null);
  }

  async delete({ id }: ListedTransfer): Promise<void> {
    await this.#engine.deleteListed(id);
    await this.refresh();
  }

  async deleteStrays(): Promise<void> {
    await this.#engine.deleteStrays();
    await this.refresh();
  }
}

function untitled({ kind, files }: ListedTransfer): string {
  return kind === 'reviewing' && files === 0 ? spoken.words.reviewed.unknownOffer : formatFiles(files);
}
