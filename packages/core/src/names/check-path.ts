// Containment: which paths of a peer may be written at all. The one function that decides; sinks add only what
// their disk knows (symlinks, existing files). docs/PROTOCOL.md section 10.
import { utf8 } from '../foundation/bytes.ts';
import { TransferError } from '../foundation/errors.ts';
import type { NameRules } from '../ports/byte-sink.ts';
import { PART_SUFFIX } from './part-name.ts';

/** Longest path and segment, in bytes of UTF-8. */
const MAX_PATH_BYTES = 4096;
const MAX_SEGMENT_BYTES = 255;
const MAX_PATH_DEPTH = 128;
/** Of UTF-8, for a code unit of UTF-16. */
const MAX_BYTES_PER_UNIT = 3;

const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/u;
// Characters that reorder or hide what a person reads: bidirectional controls, and invisible operators.
const BIDI = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u;
/** A segment of dots alone that leads elsewhere, and the part of another transfer. */
const DOTS = /(?<=^|\/)\.\.?(?=\/|$)/u;
const PART = new RegExp(`${PART_SUFFIX.replaceAll('.', '\\.')}(?:/|$)`, 'iu');
// What a terminal obeys or a person can't see: the above, and characters that are invisible.
const UNSEEN =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;
const WINDOWS_DEVICE = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])\s*(\.|:|$)/iu;
const WINDOWS_CHARACTERS = /[<>:"|?*\\]/u;

/** Why a path can't be written, in words for people; null when it can. Looks at each character a fixed number of times. */
function pathFault(path: string): string | null {
  if (path === '') return 'it is empty';
  if (isLonger(path, MAX_PATH_BYTES)) return `it is longer than ${MAX_PATH_BYTES} bytes`;
  if (!path.isWellFormed()) return 'it is not valid Unicode';
  if (path !== path.normalize('NFC')) return 'it is not in Unicode normal form';
  if (path.startsWith('/')) return 'it is an absolute path';
  if (CONTROL.test(path)) return 'it contains a control character';
  if (BIDI.test(path)) return 'it contains a character that changes the direction of text';
  if (path.includes('//') || path.endsWith('/')) return 'it has an empty part';
  const [dots] = DOTS.exec(path) ?? [];
  if (dots !== undefined) return `it contains “${dots}”`;
  if (PART.test(path)) return 'it is the unfinished part of another transfer';
  return segmentsFault(path);
}

function segmentsFault(path: string): string | null {
  let depth = 1;
  for (let start = 0; ; depth += 1) {
    const slash = path.indexOf('/', start);
    const end = slash < 0 ? path.length : slash;
    const isShort = (end - start) * MAX_BYTES_PER_UNIT <= MAX_SEGMENT_BYTES;
    if (!isShort && isLonger(path.slice(start, end), MAX_SEGMENT_BYTES))
      return `a part of it is longer than ${MAX_SEGMENT_BYTES} bytes`;
    if (slash < 0) break;
    start = slash + 1;
  }
  return depth > MAX_PATH_DEPTH ? `it is deeper than ${MAX_PATH_DEPTH} folders` : null;
}

/** Why a path that `pathFault` allows can't exist under `rules`; null when it can. */
function nameFault(path: string, rules: NameRules): string | null {
  if (rules.refusesBackslash && path.includes('\\')) return 'a browser takes no backslash in a name';
  if (!rules.windowsNames) return null;
  for (const segment of path.split('/')) {
    if (WINDOWS_DEVICE.test(segment)) return `“${segment}” is a device name on Windows`;
    if (WINDOWS_CHARACTERS.test(segment)) return `“${segment}” has a character that Windows does not allow`;
    if (/[. ]$/u.test(segment))
      return `“${segment}” ends with a dot or a space, which Windows does not allow`;
  }
  return null;
}

/** @throws TransferError `path-refused` for what no end may write, `name-impossible` for what this device can't hold */
export function checkPath(path: string, rules: NameRules): void {
  const fault = pathFault(path);
  if (fault !== null)
    throw new TransferError('path-refused', `The name ${quoted(path)} is refused: ${fault}.`);
  const impossible = nameFault(path, rules);
  if (impossible !== null) {
    throw new TransferError('name-impossible', `The name ${quoted(path)} cannot exist here: ${impossible}.`);
  }
}

/** A path as a person may see it: escaped, and cut to a readable length. */
export function quoted(path: string): string {
  const shown = [...path.toWellFormed()].slice(0, 120).join('');
  const escaped = shown.replace(UNSEEN, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
  return `“${escaped}${shown.length < path.length ? '…' : ''}”`;
}

/** Whether it has more bytes in UTF-8: most names are too short for that whatever they hold. */
function isLonger(text: string, bytes: number): boolean {
  return text.length * MAX_BYTES_PER_UNIT > bytes && utf8(text).length > bytes;
}
