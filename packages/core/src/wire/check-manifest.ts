// Containment for a whole offer: each path alone, and all of them together. docs/PROTOCOL.md section 10.
import { TransferError } from '../foundation/errors.ts';
import type { NameRules } from '../ports/byte-sink.ts';
import type { ManifestEntry } from '../ports/entry.ts';
import { checkPath, quoted } from './check-path.ts';

/** What is wrong with an offer, and with which of its entries. */
export interface ManifestFault {
  error: TransferError;
  index: number;
}

/**
 * The first fault of the entries' paths; null when all may be written under `rules`. Beyond `checkPath`, no two
 * entries may mean the same place, and none may lie below a file.
 */
export function manifestFault(entries: readonly ManifestEntry[], rules: NameRules): ManifestFault | null {
  const places = new PlaceMap(rules.foldsCase);
  for (const { path, kind, index } of entries) {
    try {
      checkPath(path, rules);
      places.add(path, kind === 'folder');
    } catch (error) {
      if (error instanceof TransferError) return { error, index };
      throw error;
    }
  }
  return null;
}

class PlaceMap {
  readonly #places = new Map<string, { path: string; isFolder: boolean; isListed: boolean }>();
  readonly #foldsCase: boolean;

  constructor(foldsCase: boolean) {
    this.#foldsCase = foldsCase;
  }

  add(path: string, isFolder: boolean): void {
    for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
      this.#place(path.slice(0, slash), true, false);
    }
    this.#place(path, isFolder, true);
  }

  #place(path: string, isFolder: boolean, isListed: boolean): void {
    const key = this.#foldsCase ? path.toUpperCase().toLowerCase() : path;
    const known = this.#places.get(key);
    if (known === undefined) {
      this.#places.set(key, { path, isFolder, isListed });
      return;
    }
    if (known.path !== path) {
      throw new TransferError(
        'name-impossible',
        `The names ${quoted(known.path)} and ${quoted(path)} would be the same file on this device.`,
      );
    }
    if (known.isFolder !== isFolder) {
      throw new TransferError('path-refused', `The name ${quoted(path)} is both a file and a folder.`);
    }
    if (known.isListed && isListed) {
      throw new TransferError('path-refused', `The name ${quoted(path)} is offered twice.`);
    }
    known.isListed ||= isListed;
  }
}
