// Files and folders that the browser can't read: found while they are gathered, so that the rest can be offered.
import type { PickedItem } from '../contract/messages.ts';

/** Files of one choice that are tried. An error of a later one shows when it is sent. */
export const MOST_TRIED = 1_000;
/** A file that lies elsewhere may take its time to come: it counts as readable. */
export const TRY_MS = 2_000;
const NOT_ALLOWED: ReadonlySet<string> = new Set(['NotAllowedError', 'SecurityError']);

export function unreadable(entryKind: 'file' | 'folder', path: string, cause: unknown): PickedItem {
  const exception = cause instanceof DOMException ? cause.name : '';
  const reason = NOT_ALLOWED.has(exception) ? 'no-permission' : 'unreadable';
  return { kind: 'unsendable', entryKind, path, reason, ...(exception !== '' && { exception }) };
}

/** The items of a page, with those files marked of which the browser doesn't give the first byte. */
export async function tried(items: PickedItem[]): Promise<PickedItem[]> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const giveUp = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), TRY_MS);
  });
  try {
    return await Promise.all(
      items.map(async (item) => {
        if (item.kind !== 'file') return item;
        const cause = await Promise.race([refusalOf(item.file), giveUp]);
        return cause === null ? item : unreadable('file', item.path, cause);
      }),
    );
  } finally {
    clearTimeout(timer);
  }
}

async function refusalOf(file: File): Promise<unknown> {
  try {
    await file.slice(0, 1).arrayBuffer();
    return null;
  } catch (cause) {
    return cause;
  }
}
