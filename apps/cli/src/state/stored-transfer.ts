// The note of one unfinished transfer: what it takes to continue it in another process. It holds the transfer's secret, so
// only its user may read it. Its twin is parse-transfer.ts.
import type { AcceptedOffer } from '../library/public-types.ts';

/** Raised when a field changes its meaning: older notes are then reported, not misread. */
export const STATE_VERSION = 2;

interface Common {
  relay: string;
  /** As `onResumable` gives it. */
  resume: string;
  /** Absolute. */
  caFile: string | null;
  title: TransferTitle;
}

/** What a person knows the transfer by. */
export interface TransferTitle {
  /** The first names at the top of the offer. */
  names: string[];
  /** How many more there are. */
  moreNames: number;
  files: number;
  bytes: number;
}

export type TransferContent =
  | (Common & {
      role: 'send';
      /** Absolute. */
      paths: string[];
      compress: 'auto' | 'on' | 'off';
      /** As the option of that name. */
      skipUnsendable?: boolean;
    })
  | (Common & {
      role: 'receive';
      /** Absolute. */
      out: string;
      verify: 'arrival' | 'disk';
      accepted: AcceptedOffer;
    });

export type StoredTransfer = TransferContent & {
  version: typeof STATE_VERSION;
  id: string;
  /** Milliseconds since 1970. */
  createdMs: number;
  updatedMs: number;
};

/** Names in a title, at most. */
const NAMES_SHOWN = 3;

export function titleOf(paths: Iterable<string>, count: { files: number; bytes: number }): TransferTitle {
  const names = new TopNames();
  for (const path of paths) names.add(path);
  return names.title(count);
}

/** The names at the top of an offer, for a title. */
export class TopNames {
  readonly #names = new Set<string>();
  #last = '';

  add(path: string): void {
    const slash = path.indexOf('/');
    // What lies in one folder mostly comes together.
    if (slash >= 0 && this.#last.length === slash && path.startsWith(this.#last)) return;
    this.#last = slash < 0 ? path : path.slice(0, slash);
    this.#names.add(this.#last);
  }

  title({ files, bytes }: { files: number; bytes: number }): TransferTitle {
    const moreNames = Math.max(0, this.#names.size - NAMES_SHOWN);
    return { names: [...this.#names].slice(0, NAMES_SHOWN), moreNames, files, bytes };
  }
}
