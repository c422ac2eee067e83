// What a sender offers of what was gathered, which its person may change until it is accepted.
import { isNothingLeft, nothingLeft, partGathered, type Unsendable } from '../names/unsendable.ts';
import type { SourceEntry } from '../ports/byte-source.ts';
import { MAX_OFFERS } from '../wire/limits.ts';

type Entries = readonly SourceEntry[];

/** The entries of an offer, which may be replaced until they are accepted. */
export class OfferedEntries {
  #entries: Promise<Entries>;
  #unsent = 0;
  readonly #onUnsendable: (unsendable: Unsendable & { isAll: boolean }) => void;
  #isFixed = false;
  #offers = 0;
  #onChange = () => {};
  #onFailed: (error: unknown) => void = () => {};

  /**
   * @param gathered may still be scanned
   * @param onUnsendable told what is left out, and again when that changes
   */
  constructor(
    gathered: Promise<Entries>,
    onUnsendable: (unsendable: Unsendable & { isAll: boolean }) => void,
  ) {
    this.#onUnsendable = onUnsendable;
    this.#entries = this.#sendable(gathered);
  }

  /** Whoever runs the session hears of changes, and of a scan that fails, from the present one on. */
  attend(onChange: () => void, onFailed: (error: unknown) => void): void {
    [this.#onChange, this.#onFailed] = [onChange, onFailed];
    this.#watch(this.#entries);
  }

  /** Offers these instead; in vain once the offer is accepted. */
  revise(gathered: Promise<Entries>): void {
    if (this.#isFixed) return;
    this.#entries = this.#sendable(gathered);
    this.#watch(this.#entries);
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

  /** Files and folders that were gathered for the latest entries and can't be sent. */
  get unsent(): number {
    return this.#unsent;
  }

  /** Changes with each revision. */
  get version(): unknown {
    return this.#entries;
  }

  /** For another manifest: scanned to the end, and not revised meanwhile. Rejects as the scan does, and with `nothingLeft`. */
  async latest(): Promise<Entries> {
    const found = await this.scanned();
    this.#offers += 1;
    return found;
  }

  /** As they are when no scan runs. Rejects as `latest`. */
  async scanned(): Promise<Entries> {
    for (;;) {
      const entries = this.#entries;
      try {
        const found = await entries;
        if (entries === this.#entries) return found;
      } catch (error) {
        if (entries === this.#entries) throw error;
      }
    }
  }

  #sendable(gathered: Promise<Entries>): Promise<Entries> {
    const entries = gathered.then((all) => {
      const parted = partGathered(all);
      const { count } = parted.unsendable;
      const isAll = isNothingLeft(parted, all);
      if (entries === this.#entries && count + this.#unsent > 0) {
        this.#unsent = count;
        this.#onUnsendable({ ...parted.unsendable, isAll });
      }
      if (isAll) throw nothingLeft(parted.unsendable);
      return parted.offered;
    });
    // Whoever waits for it hears of it.
    entries.catch(() => {});
    return entries;
  }

  #watch(entries: Promise<Entries>): void {
    entries.catch((error: unknown) => {
      if (entries === this.#entries) this.#onFailed(error);
    });
  }
}
