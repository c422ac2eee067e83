// Holds the public types to the engine's: each line stops compiling when the two drift apart.
import type * as core from '@p2p-copy/core';
import type { RelayConfig } from '@p2p-copy/relay/settings';
import type * as disk from '../node/sinks/plan-overwrites.ts';
import type {
  ChangedFile,
  Conflict,
  ErrorCode,
  FailedFile,
  LeftOut,
  NameCounts,
  Offer,
  OfferChanges,
  OverwriteAction,
  RefusedRow,
  TransferEvent,
  Unsendable,
} from './public-types.ts';
import type { RelayOptions } from './relay/relay-options.ts';

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
type CodeEvent = Extract<TransferEvent, { type: 'code' }>;

export type PublicTypesMatch = [
  Same<ErrorCode, core.ErrorCode>,
  Same<FailedFile, core.FailedFile>,
  Same<LeftOut, core.LeftOut>,
  Same<NameCounts, core.NameCounts>,
  Same<Unsendable, core.Unsendable>,
  Same<OfferChanges, core.OfferChanges>,
  Same<ChangedFile, core.ChangedFile>,
  Same<RefusedRow, core.RefusedRow>,
  Same<Conflict, disk.Conflict>,
  Same<OverwriteAction, disk.OverwriteAction>,
  Same<Offer['entries'][number], core.ManifestEntry>,
  // A row that is added to the relay's table stands in relay-options.ts, too.
  Same<keyof Omit<RelayOptions, 'selfSigned'>, keyof RelayConfig>,
  Same<Omit<RelayOptions, 'selfSigned'>, Partial<RelayConfig>>,
  // The library adds the link to the code; all else passes as it is.
  Same<Exclude<TransferEvent, CodeEvent>, Exclude<core.TransferEvent, { type: 'code' }>>,
] extends true[]
  ? true
  : never;

true satisfies PublicTypesMatch;
