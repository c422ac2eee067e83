// What is offered: entries, in pages so that a million fit. docs/PROTOCOL.md section 9.
import type { EntryKind } from '../ports/byte-source.ts';

/** One line of the manifest. */
export interface ManifestEntry {
  /** Position in the whole manifest; slices and digests name it. */
  index: number;
  kind: EntryKind;
  path: string;
  /** Bytes; null when the sender streams something of unknown length. */
  sizeBytes: number | null;
  modifiedMs: number | null;
  executable: boolean;
}

/** The whole offer, as shown to a person. */
export interface Manifest {
  entries: ManifestEntry[];
  /** Files and texts, folders not counted. */
  files: number;
  /** Sum of the known sizes. */
  bytes: number;
  /** Whether an entry's size is unknown, so that `bytes` is a lower bound. */
  unsized: boolean;
}
