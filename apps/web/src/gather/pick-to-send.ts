// The browser's own pickers for what is to be sent: unlike an input, they give handles, which outlive the tab.
import { type Picked, pickedHandles } from './picked-files.ts';

export type Pickable = 'files' | 'folder';

export function hasPicker(kind: Pickable): boolean {
  return (kind === 'files' ? window.showOpenFilePicker : window.showDirectoryPicker) !== undefined;
}

/** Null when the person closed the picker. Throws when the browser doesn't allow it. */
export async function pickToSend(kind: Pickable): Promise<Picked | null> {
  try {
    if (kind === 'files')
      return pickedHandles(await window.showOpenFilePicker!({ id: 'sent', multiple: true }));
    return pickedHandles([await window.showDirectoryPicker!({ id: 'sent', mode: 'read' })]);
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') return null;
    throw cause;
  }
}
