// Items in pages: few messages to the worker, and none that is too large.
import type { PickedItem } from '../contract/messages.ts';

export const PAGE_ITEMS = 1000;

export async function* inPages(items: AsyncIterable<PickedItem>): AsyncGenerator<PickedItem[]> {
  let page: PickedItem[] = [];
  for await (const item of items) {
    page.push(item);
    if (page.length === PAGE_ITEMS) {
      yield page;
      page = [];
    }
  }
  if (page.length > 0) yield page;
}
