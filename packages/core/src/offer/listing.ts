// A sender's offer while its manifest comes: each page is checked by itself and beside those before it, so that a page with
// a fault is the last one. docs/PROTOCOL.md sections 9 and 10.

import { ManifestCheck } from '../names/check-manifest.ts';
import type { NameRules } from '../ports/byte-sink.ts';
import { violation } from '../wire/fields.ts';
import { type Manifest, ManifestReader } from '../wire/manifest.ts';
import type { Refusal } from './decision.ts';

/** Collects the manifest of an offer page by page; a page with a fault ends it. */
export class Listing {
  readonly #rules: NameRules;
  readonly #onBegun: () => void;
  #begun: { reader: ManifestReader; check: ManifestCheck } | null = null;

  /**
   * @param rules of the disk that the entries are for
   * @param onBegun told of each manifest at its first page; what it throws ends the listing
   */
  constructor(rules: NameRules, onBegun: () => void) {
    this.#rules = rules;
    this.#onBegun = onBegun;
  }

  /**
   * Takes a page; its first fault, or null.
   * @throws TransferError `protocol-violation`, `limit-exceeded`, those of `onBegun`
   */
  add(page: readonly unknown[]): Refusal | null {
    if (this.#begun === null) {
      this.#onBegun();
      this.#begun = { reader: new ManifestReader(), check: new ManifestCheck(this.#rules) };
    }
    const fault = this.#begun.check.faultOf(this.#begun.reader.add(page));
    return fault === null ? null : { type: 'refused', error: fault.error, file: fault.index };
  }

  /**
   * The whole manifest; the next page begins another.
   * @param unsent what the sender says it could not send
   * @throws TransferError `protocol-violation` when the count isn't what the sender says
   */
  finish(entryCount: number, unsent?: number): Manifest {
    if (this.#begun === null) throw violation('a manifest without entries');
    const { reader } = this.#begun;
    this.#begun = null;
    return reader.finish(entryCount, unsent);
  }
}
