// What a sender offers, which its person may change until it is accepted.
import type { SourceEntry } from '../ports/byte-source.ts';
import { MAX_OFFERS } from '../wire/limits.ts';

type Entries = readonly SourceEntry[];

/** The entries of an offer, which may be replaced until they are accepted. */
export class OfferedEntries {
  #entries: Promise<Entries>;
  #isFixed = false;
  #offers = 0;
  #onChange = () => {};
  #onFailed: (error: unknown) => void = () => {};

  /** @param entries may still be scanned */
  constructor(entries: Promise<Entries>) {
    this.#entries = entries;
  }

  /** Whoever runs the session hears of changes, and of a scan that fails, from the present one on. */
  attend(onChange: () => void, onFailed: (error: unknown) => void): void {
    [this.#onChange, this.#onFailed] = [onChange, onFailed];
    this.#watch(this.#entries);
  }

  /** Offers these instead; in vain once the offer is accepted. */
  revise(entries: Promise<Entries>): void {
    if (this.#isFixed) return;
    this.#entries = entries;
    this.#watch(entries);
    this.#onChange();
  }

  /** These were accepted, or are what is left of it. */
  fix(entries: Promise<Entries>): void {
    this.#isFixed = true;
    this.#entries = entries;
    this.#watch(entries);
  }

  /** Whether the receiver reads another manifest. */
  get mayOfferAgain(): boolean {
    return this.#offers < MAX_OFFERS;
  }

  /** Changes with each revision. */
  get version(): unknown {
    return this.#entries;
  }

  /** For another manifest: scanned to the end, and not revised meanwhile. Rejects as the scan does. */
  async latest(): Promise<Entries> {
    for (;;) {
      const entries = this.#entries;
      try {
        const found = await entries;
        if (entries !== this.#entries) continue;
        this.#offers += 1;
        return found;
      } catch (error) {
        if (entries === this.#entries) throw error;
      }
    }
  }

  #watch(entries: Promise<Entries>): void {
    entries.catch((error: unknown) => {
      if (entries === this.#entries) this.#onFailed(error);
    });
  }
}
