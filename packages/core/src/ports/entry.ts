// What is offered, entry by entry: the sender's sources become these, and the receiver's sinks are opened for them.

/** What an entry of the manifest is. A `text` is a message shown to a person instead of being saved, a `link` a symbolic link. */
export type EntryKind = 'file' | 'folder' | 'text' | 'link';

/** Whether an entry of that kind has content, which is sent, counted and verified. */
export function hasContent(kind: EntryKind): boolean {
  return kind === 'file' || kind === 'text';
}

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
  /** Permission bits, 0 to 0o777, of a file or folder; absent where the sender says none. */
  mode?: number;
  /** Of a link, and only of one: the path, in the offer, to which it leads. */
  target?: string;
}
