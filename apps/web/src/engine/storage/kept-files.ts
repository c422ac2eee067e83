// Received files that wait to be saved, as the worker keeps them for the page.
import type { KeptFiles } from '../../contract/messages.ts';

export interface Kept {
  readonly id: string;
  /** As the page shows it. */
  readonly shown: KeptFiles;
  /** The file at `path`. */
  open(path: string): Promise<File>;
  /**
   * All of it as one .zip without compression.
   * @throws TransferError `no-space`, `sink-failed`
   */
  zip(onProgress: (bytes: number) => void): Promise<File>;
  delete(): Promise<void>;
  /** The page shows it no more. */
  release(): void;
}
