// Where this browser can put what is received: found by trying, never by the browser's name.
import type { ManifestEntry } from '@p2p-copy/core';
import type { SinkChoice } from '../contract/messages.ts';
import { openDownload } from './streamed-download.ts';

export type Place = SinkChoice['kind'];

/** What is known of this browser and this offer. */
export interface Circumstances {
  /** One file and nothing else, which can be saved as a file. */
  isOneFile: boolean;
  bytes: number;
  /** Not all sizes are known. */
  unsized: boolean;
  /** Whether its storage was found to take files, and how much, where it tells. */
  storesFiles: boolean;
  freeBytes: number | null;
  /** Whether its service worker streams downloads; null until it has answered. */
  canStream: boolean | null;
  memoryBytes: number;
  /** Places that it turned out not to allow. */
  refused: readonly Place[];
}

export interface PlaceOption {
  place: Place;
  hasRoom: boolean;
}

/**
 * The best first. Only where none of a browser's own places takes the offer there is one of the last two: memory for what
 * fits, since what is there is verified before it is saved and can be saved again; a download for the rest.
 */
export function placesFor(now: Circumstances): PlaceOption[] {
  const found: PlaceOption[] = [];
  const picker = now.isOneFile ? ('file' as const) : ('folder' as const);
  if (hasPicker(picker)) found.push({ place: picker, hasRoom: true });
  if (now.storesFiles) {
    found.push({ place: 'browser', hasRoom: now.freeBytes === null || now.bytes <= now.freeBytes });
  }
  const allowed = found.filter(({ place }) => !now.refused.includes(place));
  if (allowed.some(({ hasRoom }) => hasRoom)) return allowed;
  const fits = now.bytes <= now.memoryBytes;
  const download = { place: 'download', hasRoom: true } as const;
  const mayStream = now.canStream === true && !now.refused.includes('download');
  if (mayStream && (now.unsized || !fits)) return [...allowed, download];
  // Until it is known whether there is another way.
  if (now.canStream === null && (now.unsized || !fits)) return allowed;
  return [...allowed, { place: 'memory', hasRoom: fits }];
}

function hasPicker(kind: 'folder' | 'file'): boolean {
  return (kind === 'folder' ? window.showDirectoryPicker : window.showSaveFilePicker) !== undefined;
}

/** Begins the download of all but `skip`; throws when the browser doesn't. */
export function startDownload(
  entries: readonly ManifestEntry[],
  skip: readonly number[],
  title: string,
): Promise<SinkChoice> {
  const left = new Set(skip);
  const wanted = entries.filter(({ index }) => !left.has(index));
  const files = wanted.filter(({ kind }) => kind === 'file');
  const hasFolders = wanted.some(({ kind, path }) => kind === 'folder' || path.includes('/'));
  const [first] = files;
  if (files.length === 1 && !hasFolders) return openDownload(first!.path, first!.sizeBytes, false);
  return openDownload(`${title}.zip`, null, true);
}

/** Opens the browser's picker; null when the person closed it. Throws when the browser doesn't allow it. */
export async function pickPlace(kind: 'folder' | 'file', suggestedName: string): Promise<SinkChoice | null> {
  try {
    if (kind === 'folder') {
      return { kind, folder: await window.showDirectoryPicker!({ id: 'received', mode: 'readwrite' }) };
    }
    return { kind, file: await window.showSaveFilePicker!({ id: 'received', suggestedName }) };
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') return null;
    throw cause;
  }
}

/** Asks the browser not to clear what is stored. Firefox may never answer, so nobody waits for it. */
export function askToKeep(): void {
  navigator.storage.persist?.().catch(() => {});
}
