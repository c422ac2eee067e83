// One offer of a sender while its manifest comes: each page is checked by itself and beside those before it, so that the
// page with a fault is the last. docs/PROTOCOL.md sections 9 and 10.
import type { NameRules } from '../ports/byte-sink.ts';
import { ManifestCheck, type ManifestFault } from '../wire/check-manifest.ts';
import { type Manifest, ManifestReader } from '../wire/manifest.ts';

export class Listing {
  readonly #reader = new ManifestReader();
  readonly #check: ManifestCheck;

  /** @param rules of the disk that the entries are for */
  constructor(rules: NameRules) {
    this.#check = new ManifestCheck(rules);
  }

  /** Takes a page; returns its first fault, or null. Errors: `protocol-violation`, `limit-exceeded`. */
  add(page: readonly unknown[]): ManifestFault | null {
    return this.#check.faultOf(this.#reader.add(page));
  }

  /** Errors: `protocol-violation` when the count isn't what the sender says. */
  finish(entryCount: number): Manifest {
    return this.#reader.finish(entryCount);
  }
}
