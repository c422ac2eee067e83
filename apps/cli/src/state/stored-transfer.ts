// The note of one unfinished transfer: what it takes to continue it in another process. It holds the transfer's secret, so
// only its user may read it. Its twin is parse-transfer.ts.
import type { PathChoice } from '@p2p-copy/core';
import type { AcceptedOffer, OverwritePolicy } from '../library/public-types.ts';
import type { CodeTag } from './code-tag.ts';

/** Raised when a field changes its meaning: an older program then reports newer notes, and doesn't misread them. */
export const STATE_VERSION = 3;
/** Of notes that are made when an offer is accepted, not before. They are read as well. */
export const STATE_VERSION_OF_ACCEPTED = 2;

interface Common {
  relay: string;
  /** As `onResumable` gives it. */
  resume: string;
  /** Absolute. */
  caFile: string | null;
  /** Which way content takes, where the person said so. */
  pathChoice?: PathChoice;
  /** Key in hex of the device of one's own group that it is with; absent where the ends met by a code. */
  device?: string;
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
      /** As the options of those names. */
      exclude?: readonly string[];
      gitignore?: boolean;
      /** As the option of that name. */
      followLinks?: boolean;
      /** Whether the receiver has accepted the offer. */
      isAccepted: boolean;
    })
  | (Common & {
      role: 'receive';
      /** Absolute. */
      out: string;
      verify: 'arrival' | 'disk';
      /** Null until an offer is accepted. */
      accepted: AcceptedOffer | null;
      /** How an offer is reviewed; null where what was accepted says so. */
      wishes: ReviewWishes | null;
      /** Tells whether a code that is typed again is this transfer's; null where nobody typed one. */
      code: CodeTag | null;
    });

/** How a receiver was told to review an offer, as the options of `receive`. */
export interface ReviewWishes {
  yes: boolean;
  /** Null: asked on a terminal, else renamed. */
  overwrite: 'ask' | OverwritePolicy | null;
  allowRisky: boolean;
  /** Whether files that are there are compared; null: asked on a terminal. */
  continue: boolean | null;
  /** Whether anything that is there is compared. */
  compare: boolean;
  maxUnsizedBytes: number | null;
  /** Patterns of what is wanted; absent for everything. */
  only?: readonly string[];
}

/** Whether an offer was accepted, so that something may have arrived. */
export function hasBegun(transfer: TransferContent): boolean {
  return transfer.role === 'send' ? transfer.isAccepted : transfer.accepted !== null;
}

/** The title of a transfer of which nothing was offered yet. */
export const NO_TITLE: TransferTitle = { names: [], moreNames: 0, files: 0, bytes: 0 };

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
