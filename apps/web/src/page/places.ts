// Where this browser can put what is received: found by looking for the function, never by the browser's name.
import type { SinkChoice } from '../engine/messages.ts';

export interface Places {
  pickFolder: boolean;
  pickFile: boolean;
  browserStorage: boolean;
}

export function findPlaces(): Places {
  return {
    pickFolder: window.showDirectoryPicker !== undefined,
    pickFile: window.showSaveFilePicker !== undefined,
    browserStorage: typeof navigator.storage?.getDirectory === 'function',
  };
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
