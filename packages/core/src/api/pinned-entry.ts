// What was accepted of an entry, and how it may differ when it is offered again. docs/PROTOCOL.md section 10.
import type { ManifestEntry } from '../ports/entry.ts';

/** What is pinned of an entry. */
export type PinnedEntry = Pick<
  ManifestEntry,
  'index' | 'path' | 'kind' | 'sizeBytes' | 'executable' | 'mode' | 'target'
>;

/** A file whose size isn't the one that was accepted. */
export interface ChangedFile {
  path: string;
  /** In the later offer. */
  index: number;
  acceptedBytes: number | null;
  /** Null for an unknown size. */
  sizeBytes: number | null;
}
