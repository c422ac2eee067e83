// The name of a file whose own name is taken: `photo.jpg` becomes `photo (1).jpg`.
import { utf8 } from '../foundation/bytes.ts';

/** Longest name that a file system takes, in bytes of UTF-8. */
const MAX_NAME_BYTES = 255;
/** Longest extension, with its dot. What follows the last dot of a longer one belongs to the name. */
const MAX_EXTENSION_LENGTH = 16;

/**
 * `path` with " (n)" before the extension of its last name, which is cut where a file system would refuse its length.
 * @param number 0 for the path itself
 */
export function numberedPath(path: string, number: number): string {
  if (number === 0) return path;
  const slash = path.lastIndexOf('/') + 1;
  const name = path.slice(slash);
  // A dot at the start hides a file and begins no extension.
  const dot = name.lastIndexOf('.');
  const hasExtension = dot > 0 && name.length - dot <= MAX_EXTENSION_LENGTH;
  const stem = hasExtension ? name.slice(0, dot) : name;
  const ending = ` (${number})${hasExtension ? name.slice(dot) : ''}`;
  return path.slice(0, slash) + cut(stem, MAX_NAME_BYTES - utf8(ending).length) + ending;
}

/** All of them, from a number on. */
export function* numberedPaths(path: string, first: 0 | 1): Generator<string, never> {
  for (let number: number = first; ; number += 1) yield numberedPath(path, number);
}

/** As many whole characters as fit. */
function cut(text: string, bytes: number): string {
  if (utf8(text).length <= bytes) return text;
  let [kept, used] = ['', 0];
  for (const character of text) {
    used += utf8(character).length;
    if (used > bytes) break;
    kept += character;
  }
  return kept;
}
