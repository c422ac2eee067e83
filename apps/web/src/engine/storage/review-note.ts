// What is stored while a person reviews an offer, from the first proof on: enough to ask the same sender for the list again after
// the page was reloaded, the link opened once more, or the code typed again.
import { hexOf, type Manifest } from '@p2p-copy/core';
import { OfferContent } from '../../format/offer-content.ts';
import {
  findTransfer,
  listTransfers,
  putTransfer,
  removeTransfer,
  type StoredReviewing,
} from './stored-transfers.ts';
import { lockTransfer } from './transfer-lock.ts';

/** Attempts to lock what the page held before it was reloaded, and ms between two. */
const LOCK_ATTEMPTS = 15;
const LOCK_PAUSE_MS = 200;

export class ReviewNote {
  #stored: StoredReviewing | null = null;
  #release = () => {};
  #writing: Promise<unknown> = Promise.resolve();

  /** Null while nothing is stored. */
  get id(): string | null {
    return this.#stored?.id ?? null;
  }

  /** The words to compare, as they were when the ends met. */
  get words(): string[] {
    return this.#stored?.words ?? [];
  }

  /** Takes an earlier tab's; null when there is none, `taken` while another tab has it. */
  async take(id: string): Promise<StoredReviewing | 'taken' | null> {
    return this.#take((stored) => stored.id === id);
  }

  /** The same, by the code that it was opened with. */
  async takeByCode(code: string): Promise<StoredReviewing | 'taken' | null> {
    const digest = await digestOf(code);
    return this.#take(({ codeDigest }) => codeDigest === digest);
  }

  /** Forgets what was opened with that code: the number and the words are used for another offer. */
  async forgetCode(code: string): Promise<void> {
    if ((await this.takeByCode(code)) !== 'taken') await this.remove();
  }

  /** Notes the secret of a meeting by `code`; whether this browser stores it. */
  async save(relayUrl: string, transferSecret: Uint8Array<ArrayBuffer>, code: string): Promise<boolean> {
    const id = crypto.randomUUID();
    const shown = { kind: 'reviewing', id, title: '', files: 0, bytes: 0, totalBytes: 0 } as const;
    const codeDigest = await digestOf(code);
    const stored = { ...shown, savedMs: Date.now(), relayUrl, transferSecret, codeDigest, words: [] };
    try {
      await putTransfer(stored);
    } catch (error) {
      console.warn(error);
      return false;
    }
    this.#stored = stored;
    this.#release = (await lockTransfer(id)) ?? this.#release;
    return true;
  }

  noteWords(words: string[]): void {
    this.#change({ words });
  }

  /** Notes what is offered, for the list of earlier transfers. */
  describe({ entries }: Manifest): void {
    const content = new OfferContent();
    for (const { kind, path, sizeBytes } of entries) content.add(kind, path, sizeBytes);
    const { topName: title, files, bytes, unsized } = content;
    this.#change({ title, files, totalBytes: unsized ? null : bytes });
  }

  /** The offer can be reviewed later. */
  async close(): Promise<void> {
    await this.#writing;
    this.#release();
  }

  /** It was answered, or is over. */
  async remove(): Promise<void> {
    const { id } = this;
    this.#stored = null;
    await this.#writing;
    if (id !== null) await removeTransfer(id).catch((error: unknown) => console.warn(error));
    this.#release();
  }

  #change(change: Partial<StoredReviewing>): void {
    if (this.#stored === null) return;
    this.#stored = { ...this.#stored, ...change };
    const stored = this.#stored;
    this.#writing = this.#writing
      .then(() => putTransfer(stored))
      .catch((error: unknown) => console.warn(error));
  }

  async #take(isWanted: (stored: StoredReviewing) => boolean): Promise<StoredReviewing | 'taken' | null> {
    const all = await listTransfers().catch(() => []);
    const found = all.find((stored) => stored.kind === 'reviewing' && isWanted(stored));
    if (found === undefined) return null;
    const release = await lockSoon(found.id);
    if (release === null) return 'taken';
    // Who had it may have answered meanwhile.
    const stored = await findTransfer(found.id, 'reviewing');
    if (stored === null) release();
    else [this.#stored, this.#release] = [stored, release];
    return stored;
  }
}

/** A tab that was reloaded may hold it for a moment longer. */
async function lockSoon(id: string): Promise<(() => void) | null> {
  for (let attempt = 1; ; attempt += 1) {
    const release = await lockTransfer(id);
    if (release !== null || attempt === LOCK_ATTEMPTS) return release;
    await new Promise((resolve) => setTimeout(resolve, LOCK_PAUSE_MS));
  }
}

/** By which a code is known again, hex. Whoever reads it could try all codes, and reads the secret beside it anyway. */
async function digestOf(code: string): Promise<string> {
  const text = new TextEncoder().encode(code);
  return hexOf(new Uint8Array(await crypto.subtle.digest('SHA-256', text)));
}
