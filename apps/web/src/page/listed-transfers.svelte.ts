// What earlier tabs left, as the first screen lists it.
import type { ListedTransfer, Strays } from '../engine/messages.ts';
import { formatFiles } from '../format/quantities.ts';
import type { EngineClient } from './engine-client.ts';

export class ListedTransfers {
  listed = $state.raw<ListedTransfer[]>([]);
  strays = $state.raw<Strays>({ transfers: 0, bytes: 0 });
  readonly #engine: EngineClient;

  constructor(engine: EngineClient) {
    this.#engine = engine;
  }

  /** Whether it changes without this tab. */
  get isWatched(): boolean {
    return this.listed.some(({ isTaken }) => isTaken);
  }

  async refresh(): Promise<void> {
    try {
      const { listed, strays } = await this.#engine.listTransfers();
      this.listed = listed.map((transfer) => ({
        ...transfer,
        title: transfer.title || formatFiles(transfer.files),
      }));
      this.strays = strays;
    } catch {
      // A browser without such storage has none.
      [this.listed, this.strays] = [[], { transfers: 0, bytes: 0 }];
    }
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
