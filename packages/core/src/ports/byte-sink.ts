// Port: where the receiver's bytes go.
import type { ByteSource } from './byte-source.ts';
import type { ManifestEntry } from './entry.ts';

/** What names a sink's file system can hold. */
export interface NameRules {
  /** Windows: device names, trailing dots and spaces, and <>:"|?*\ can't exist. */
  windowsNames: boolean;
  /** Two names that differ only in case are the same file. */
  foldsCase: boolean;
}

/** What the offer says of a folder besides its name. */
export type FolderSettings = Pick<ManifestEntry, 'modifiedMs' | 'mode'>;

/** A folder to receive into. */
export interface FolderSink {
  /**
   * Creates a folder and what leads to it; `path` has been checked by `checkPath`. Never follows a symlink out.
   * @param settings of a folder of the offer; absent for one that only leads to something
   * @throws TransferError `sink-failed`, `no-space`
   */
  makeFolder(path: string, settings?: FolderSettings): Promise<void>;
  /**
   * Opens a new part file for an entry, beside where it will stand.
   * @throws TransferError `sink-failed`, `no-space`, `exists`, `name-impossible`
   */
  openFile(entry: ManifestEntry): Promise<ByteSink>;
  /**
   * What lies here of an entry: its part of an earlier attempt or, only if `withFinal` is set, a file under its final
   * name; null when nothing does or it isn't a file. Nothing is read of it, or changed. A sink without this starts
   * every file anew.
   * @throws TransferError `sink-failed`
   */
  findExisting?(entry: ManifestEntry, withFinal: boolean): Promise<ExistingContent | null>;
  /** Makes all that was committed durable (folders included). Called once, before the receipt. */
  finish(): Promise<void>;
  /**
   * In place of `finish`, where some files can't be saved, or the sender couldn't deliver them, and the others are here: the transfer
   * isn't complete. Only of a sink that keeps each file for itself; another one's session ends with the first file that can't be saved.
   */
  finishWithout?(): Promise<void>;
  /** The session is over, also after `finish`: a write that still waits is turned away, since nothing more comes. */
  stop?(): void;
}

/** What lies on a disk of a file that is offered. */
export interface ExistingContent {
  readonly sizeBytes: number;
  /** Whether it stands under the file's final name. */
  readonly isFinal: boolean;
  /** Names the place of the bytes: the same for all names of one file. On a disk device and inode. */
  readonly identity: string;
  /** Another one after each change of a file under its final name: its size and time. */
  readonly version: string;
  /**
   * To read it.
   * @throws TransferError `sink-failed`
   */
  open(): Promise<ByteSource>;
  /**
   * Opens the entry's part with this content in it, cut to the entry's size. What stands under a final name stays
   * there until the commit.
   * @throws TransferError `sink-failed`, also when it changed since it was found; `no-space`
   */
  adopt(): Promise<ByteSink>;
  /**
   * Whether nothing has changed it since it was found, as far as its file system tells. False: hash it again before
   * relying on it. Content without this can't be changed by others. Never throws.
   */
  isUntouched?(): Promise<boolean>;
}

/** What a part has to hold when it is committed. */
export interface ExpectedContent {
  readonly sizeBytes: number;
  /**
   * Hashes all of `part` and tells whether it is what the sender read.
   * @throws TransferError those of `part`
   */
  isIn(part: Pick<ByteSource, 'read'>): Promise<boolean>;
}

/** One file being received. Until `commit` nothing stands under its final name. */
export interface ByteSink {
  /**
   * Writes at an offset, in any order. The bytes may be reused afterwards.
   * @throws TransferError `sink-failed`, `no-space`
   */
  write(offset: number, bytes: Uint8Array): Promise<void>;
  /** Makes what was written durable. */
  flush(): Promise<void>;
  /**
   * Flushes, sets time and mode, gives the file its final name, closes. Where other programs can reach the part:
   * checks first that its size and identity are as written, and has it hashed again if anything else changed it. A
   * part that was changed is never committed without `expected`.
   * @throws TransferError `part-changed` (nothing got the final name), `sink-failed`, `no-space`, `exists`
   */
  commit(expected?: ExpectedContent): Promise<void>;
  /** Closes and leaves the part for a later resume (`keep`) or removes it. Never throws. */
  abandon(keep: boolean): Promise<void>;
}
