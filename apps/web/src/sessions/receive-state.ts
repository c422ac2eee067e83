// The states of a receiving, each with what is known in it.
import type { ManifestEntry, NameSurvey, TransferResult } from '@p2p-copy/core';
import type { OfferSummary } from '../format/offer-summary.ts';
import type { Problem } from '../format/problem.ts';
import type { TransferProgress } from './transfer-progress.svelte.ts';

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
      /** What the names tell. */
      survey: NameSurvey;
      storesFiles: boolean;
      hasEarlier: boolean;
    }
  | { name: 'receiving'; words: string[]; progress: TransferProgress; isStopping: boolean }
  | { name: 'done'; result: TransferResult }
  | { name: 'declined' }
  | { name: 'failed'; problem: Problem };
