// What another app shared to this one, as something to send.
import type { PickedItem } from '../engine/messages.ts';
import { type Picked, withoutRoots } from '../gather/picked-files.ts';
import { askServiceWorker } from './ask-service-worker.ts';
import type { Shared, TakeShared } from './shared.ts';

/** Null where the page was not opened by sharing, or nothing came with it. */
export async function takeShared(): Promise<Picked | null> {
  const worker = navigator.serviceWorker?.controller;
  if (location.search !== '?shared') return null;
  // A reload has nothing more to take.
  history.replaceState(null, '', location.pathname);
  if (worker == null) return null;
  const shared = await askServiceWorker<Shared>(worker, { type: 'take-shared' } satisfies TakeShared);
  if (shared === null) return null;
  const items: PickedItem[] = shared.files.map((file) => ({
    kind: 'file',
    path: file.name.normalize('NFC'),
    file,
  }));
  if (shared.text !== '') items.push({ kind: 'text', text: shared.text });
  return items.length === 0 ? null : withoutRoots(onePage(items));
}

async function* onePage(items: PickedItem[]) {
  yield items;
}
