// By what a person knows the things that they picked: a file's name, or that of the folder which holds it.
import type { PickedItem } from '../contract/messages.ts';

/** The name; a message has none. */
export function topOf(item: PickedItem): string {
  return item.kind === 'text' ? '' : splitTop(item.path)[0];
}

/** The first segment, and what follows it: nothing, or a slash and more. */
export function splitTop(path: string): [top: string, below: string] {
  const slash = path.indexOf('/');
  return slash < 0 ? [path, ''] : [path.slice(0, slash), path.slice(slash)];
}
