// A sender's offer while its manifest comes: each page is checked by itself and beside those before it, so that a page with
// a fault is the last one. docs/PROTOCOL.md sections 9 and 10.

import type { Pace } from '../async/pace.ts';
import { ManifestCheck, type ManifestFault } from '../names/check-manifest.ts';
import type { NameRules } from '../ports/byte-sink.ts';
import { violation } from '../wire/fields.ts';
import { type Manifest, ManifestReader } from '../wire/manifest.ts';
import type { Refusal } from './decision.ts';

/** Collects the manifest of an offer page by page; a page with a fault ends it. */
export class Listing {
  readonly #rules: NameRules;
  readonly #hasLinks: boolean;
  readonly #onBegun: () => void;
  #begun: { reader: ManifestReader; check: ManifestCheck } | null = null;

  /**
   * @param rules of the disk that the entries are for
   * @param hasLinks whether entries may be links
   * @param onBegun told of each manifest at its first page; what it throws ends the listing
   */
  constructor(rules: NameRules, hasLinks: boolean, onBegun: () => void) {
    this.#rules = rules;
    this.#hasLinks = hasLinks;
    this.#onBegun = onBegun;
  }

  /**
   * Takes a page; its first fault, or null.
   * @throws TransferError `protocol-violation`, `limit-exceeded`, those of `onBegun`
   */
  add(page: readonly unknown[]): Refusal | null {
    if (this.#begun === null) {
      this.#onBegun();
      this.#begun = { reader: new ManifestReader(this.#hasLinks), check: new ManifestCheck(this.#rules) };
    }
    return refusalOf(this.#begun.check.faultOf(this.#begun.reader.add(page)));
  }

  /**
   * The whole manifest, or its first fault now that it is whole; the next page begins another.
   * @param unsent what the sender says it could not send
   * @throws TransferError `protocol-violation` when the count isn't what the sender says
   */
  async finish(entryCount: number, pace: Pace, unsent?: number): Promise<Manifest | Refusal> {
    if (this.#begun === null) throw violation('a manifest without entries');
    const { reader, check } = this.#begun;
    this.#begun = null;
    const manifest = reader.finish(entryCount, unsent);
    return refusalOf(await check.linkFault(pace)) ?? manifest;
  }
}

function refusalOf(fault: ManifestFault | null): Refusal | null {
  return fault === null ? null : { type: 'refused', error: fault.error, file: fault.index };
}
