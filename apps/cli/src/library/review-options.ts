// What a receiving side's person or program wishes, by which an offer is decided about.
import type { Writable } from 'node:stream';
import type { ChangedFile, LeftOut } from '@p2p-copy/core';
import type {
  AcceptedOffer,
  Conflict,
  Offer,
  OverwriteAction,
  OverwritePolicy,
  RiskyPolicy,
} from './public-types.ts';

/** What decides about an offer. */
export interface ReviewOptions {
  /** Folder to receive into. Default: the current one. */
  out?: string | undefined;
  /** A stream instead. */
  to?: Writable | undefined;
  overwrite:
    | OverwritePolicy
    | ((conflict: Conflict, signal: AbortSignal) => OverwriteAction | Promise<OverwriteAction>);
  /** Whether parts are compared, and equal files are left alone. */
  compares: boolean;
  /** Whether every file is read back before it gets its name. */
  readsBack: boolean;
  /** Whether the person consents to compare what stands under offered names; asked if there is any. Default no. */
  consents?:
    | boolean
    | ((paths: readonly string[], signal: AbortSignal) => boolean | Promise<boolean>)
    | undefined;
  /** Of the transfer that is resumed: what was accepted isn't reviewed again. */
  accepted?: AcceptedOffer | undefined;
  /** Of the transfer that is resumed: paths that were delivered. */
  delivered?: ReadonlySet<string> | undefined;
  /** Bytes that are taken of content of unknown size. Default: as many as are free. */
  maxUnsizedBytes?: number | undefined;
  /** Whether files of another size than was accepted are wanted. Default: within the rule. */
  acceptChanged?:
    | ((changed: readonly ChangedFile[], signal: AbortSignal) => boolean | Promise<boolean>)
    | undefined;
  accept?: ((offer: Offer, signal: AbortSignal) => boolean | Promise<boolean>) | undefined;
  /** What becomes of files that some system obeys where they land. A stream has no such place. */
  risky: RiskyPolicy;
  /** Told of those that are left out. */
  onLeftOut?(leftOut: LeftOut): void;
}
