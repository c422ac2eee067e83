// The states of a receiving, each with what is known in it.
import type { ManifestEntry, NameSurvey, OfferChanges, TransferResult } from '@p2p-copy/core';
import type { OfferSummary } from '../format/offer-summary.ts';
import type { Problem } from '../format/problem.ts';
import type { Moved } from '../format/quantities.ts';
import type { TransferProgress } from '../progress/transfer-progress.svelte.ts';
import type { OfferSelection } from './offer-selection.svelte.ts';

export type ReceiveState =
  /** Classic: whoever comes first waits for the other. */
  | { name: 'calling' }
  | { name: 'connecting' }
  | { name: 'meeting' }
  /** The list is coming; or another one, which the sender is still changing. */
  | { name: 'reading'; words: string[]; isChanging: boolean }
  /** Resumed: the other side is sought. */
  | { name: 'resuming' }
  | {
      name: 'review';
      words: string[];
      offer: number;
      /** Of the list that is shown: what is accepted. */
      pin: Uint8Array<ArrayBuffer> | null;
      entries: readonly ManifestEntry[];
      /** As in the report. */
      folders: Int32Array;
      summary: OfferSummary;
      /** What the person chooses from, and what they have chosen. The risky ones are chosen apart. */
      selection: OfferSelection;
      /** How it differs from the first list that was shown; null for that. */
      changes: OfferChanges | null;
      /** What the names tell. */
      survey: NameSurvey;
      storesFiles: boolean;
      hasEarlier: boolean;
      /** Files and folders that the sender says it could not send. */
      unsent: number;
    }
  | { name: 'receiving'; words: string[]; progress: TransferProgress; isStopping: boolean }
  /** `moved`: null where an earlier tab moved it. */
  | { name: 'done'; result: TransferResult; moved: Moved | null }
  /** `isTold`: whether the other side could be told. */
  | { name: 'declined'; isTold: boolean }
  /** `canTryAgain`: the same code. */
  | { name: 'failed'; problem: Problem; canTryAgain: boolean };
