// What was handed over by a share sheet, or by any website that posts a form to the same address: drafts in the memory of the
// service worker, few, bounded and short-lived. Nothing of them leaves the device here. The page must not import this file:
// a service worker is one script.
import type { Shared } from './shared.ts';

/** Drafts at once; another one drops the oldest. */
export const MOST_DRAFTS = 4;
/** Files of one draft. */
export const MOST_DRAFT_FILES = 1_000;
/** Bytes of all drafts together, texts included. */
export const MOST_DRAFT_BYTES = 2_000_000_000;
/** UTF-16 code units of a draft's text; a message may have 1 MiB of UTF-8. */
export const MOST_DRAFT_TEXT = 262_144;
/** How long a draft waits for its page and its person. */
export const DRAFT_MS = 600_000;

const LIMIT = { files: MOST_DRAFT_FILES, bytes: MOST_DRAFT_BYTES };

interface Draft {
  shared: Shared;
  bytes: number;
  sinceMs: number;
}

export class SharedDrafts {
  readonly #nowMs: () => number;
  /** By id, oldest first. */
  readonly #drafts = new Map<string, Draft>();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  get size(): number {
    this.#dropOld();
    return this.#drafts.size;
  }

  /** One that is too large is kept without its content, so that its page can say so. */
  add(id: string, given: { files: File[]; text: string }): void {
    const bytes = given.files.reduce((sum, { size }) => sum + size, given.text.length);
    const isTooMuch =
      given.files.length > MOST_DRAFT_FILES ||
      given.text.length > MOST_DRAFT_TEXT ||
      bytes > MOST_DRAFT_BYTES;
    const draft: Draft = isTooMuch
      ? { shared: { files: [], text: '', limit: LIMIT }, bytes: 0, sinceMs: this.#nowMs() }
      : { shared: { ...given, limit: null }, bytes, sinceMs: this.#nowMs() };
    this.#dropOld();
    this.#drafts.set(id, draft);
    for (const oldest of this.#drafts.keys()) {
      if (this.#drafts.size <= MOST_DRAFTS && this.#bytes <= MOST_DRAFT_BYTES) break;
      this.#drafts.delete(oldest);
    }
  }

  /** It stays until it is dropped, so that its page can be reloaded. Null when it isn't there any more. */
  read(id: string): Shared | null {
    this.#dropOld();
    return this.#drafts.get(id)?.shared ?? null;
  }

  /** Sent, or discarded. */
  drop(id: string): void {
    this.#drafts.delete(id);
  }

  get #bytes(): number {
    return [...this.#drafts.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  #dropOld(): void {
    const bornAfterMs = this.#nowMs() - DRAFT_MS;
    for (const [id, { sinceMs }] of this.#drafts) if (sinceMs <= bornAfterMs) this.#drafts.delete(id);
  }
}
