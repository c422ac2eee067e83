// What another app or website handed to this one: a draft that the page shows, and sends only when its person says so.
import type { PickedItem } from '../contract/messages.ts';
import { type Picked, withoutRoots } from '../gather/picked-files.ts';
import { askServiceWorker } from './ask-service-worker.ts';
import type { DraftLimit, DropShared, ReadShared, Shared } from './shared.ts';

const PARAMETER = /^\?shared=([0-9a-f-]{36})$/;

/** As a screen shows it. */
export interface SharedDraft {
  items: PickedItem[];
  /** Both when it is sent and when it is discarded. */
  drop(): void;
}

/** Why nothing can be shown: it isn't there any more, or was more than this. */
export type LostShare = 'expired' | DraftLimit;

/** Null where the page was not opened by sharing, or nothing came with it. */
export async function readShared(): Promise<{ draft: SharedDraft } | { lost: LostShare } | null> {
  const id = PARAMETER.exec(location.search)?.[1];
  if (id === undefined) return null;
  const worker = navigator.serviceWorker?.controller;
  const forget = () => history.replaceState(null, '', location.pathname);
  const shared =
    worker == null
      ? null
      : await askServiceWorker<Shared>(worker, { type: 'read-shared', id } satisfies ReadShared);
  const items = shared === null ? [] : itemsOf(shared);
  if (shared === null || items.length === 0) {
    forget();
    if (shared === null) return { lost: 'expired' };
    return shared.limit === null ? null : { lost: shared.limit };
  }
  const drop = () => {
    forget();
    worker!.postMessage({ type: 'drop-shared', id } satisfies DropShared);
  };
  return { draft: { items, drop } };
}

export function pickedDraft({ items }: SharedDraft): Picked {
  return withoutRoots(onePage(items));
}

function itemsOf({ files, text }: Shared): PickedItem[] {
  const items: PickedItem[] = files.map((file) => ({
    kind: 'file',
    path: file.name.normalize('NFC'),
    file,
  }));
  if (text !== '') items.push({ kind: 'text', text });
  return items;
}

async function* onePage(items: PickedItem[]) {
  yield items;
}
