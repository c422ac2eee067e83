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

/** What is wrong with a path for every end, in words for people. */
const PATH_FAULTS = {
  empty: 'it is empty',
  'too-long': `it is longer than ${MAX_PATH_BYTES} bytes`,
  'not-unicode': 'it is not valid Unicode',
  'not-normal': 'it is not in Unicode normal form',
  absolute: 'it is an absolute path',
  'control-character': 'it contains a control character',
  'direction-mark': 'it contains a character that changes the direction of text',
  'empty-segment': 'it has an empty part',
  dots: 'it contains “.” or “..” as a part',
  'unfinished-part': 'it is the unfinished part of another transfer',
  'long-segment': `a part of it is longer than ${MAX_SEGMENT_BYTES} bytes`,
  'too-deep': `it is deeper than ${MAX_PATH_DEPTH} folders`,
} as const;

/** Why no end may write a path. */
export type PathFault = keyof typeof PATH_FAULTS;

/** Why a path can't be written by any end; null when it can. Looks at each character a fixed number of times. */
export function pathFault(path: string): PathFault | null {
  if (path === '') return 'empty';
  if (isLonger(path, MAX_PATH_BYTES)) return 'too-long';
  if (!path.isWellFormed()) return 'not-unicode';
  if (path !== path.normalize('NFC')) return 'not-normal';
  if (path.startsWith('/')) return 'absolute';
  if (CONTROL.test(path)) return 'control-character';
  if (BIDI.test(path)) return 'direction-mark';
  if (path.includes('//') || path.endsWith('/')) return 'empty-segment';
  if (DOTS.test(path)) return 'dots';
  if (PART.test(path)) return 'unfinished-part';
  return segmentsFault(path);
}

function segmentsFault(path: string): PathFault | null {
  let depth = 1;
  for (let start = 0; ; depth += 1) {
    const slash = path.indexOf('/', start);
    const end = slash < 0 ? path.length : slash;
    const isShort = (end - start) * MAX_BYTES_PER_UNIT <= MAX_SEGMENT_BYTES;
    if (!isShort && isLonger(path.slice(start, end), MAX_SEGMENT_BYTES)) return 'long-segment';
    if (slash < 0) break;
    start = slash + 1;
  }
  return depth > MAX_PATH_DEPTH ? 'too-deep' : null;
}

/** Whether Windows takes a name, a single segment, for that of a device. */
export function isWindowsDevice(name: string): boolean {
  return WINDOWS_DEVICE.test(name);
}

/** Whether Windows can hold a name, a single segment that `pathFault` allows. */
export function holdsOnWindows(name: string): boolean {
  return nameFault(name, { windowsNames: true, foldsCase: true }) === null;
}

/** Why a path that `pathFault` allows can't exist under `rules`; null when it can. */
function nameFault(path: string, rules: NameRules): string | null {
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
    throw new TransferError('path-refused', `The name ${quoted(path)} is refused: ${PATH_FAULTS[fault]}.`);
  const impossible = nameFault(path, rules);
  if (impossible !== null) {
    throw new TransferError('name-impossible', `The name ${quoted(path)} cannot exist here: ${impossible}.`);
  }
}

/** What is wrong with the target of a link, beyond what is wrong with any path. */
const TARGET_FAULTS = {
  backslash: 'it contains a backslash',
  unknown: 'it leads out of what is offered',
  'through-link': 'it leads through another link',
} as const;

/** Why a path can't be the target of a link in any offer; null when it can. */
export function targetFault(target: string): PathFault | 'backslash' | null {
  return pathFault(target) ?? (target.includes('\\') ? 'backslash' : null);
}

/** @throws TransferError `path-refused` for a target that no link may have, whatever else is offered */
export function checkTarget(path: string, target: string): void {
  const fault = targetFault(target);
  if (fault !== null) throw targetRefused(path, target, fault);
}

/** The error for a link of an offer. */
export function targetRefused(
  path: string,
  target: string,
  fault: PathFault | keyof typeof TARGET_FAULTS,
): TransferError {
  const why = { ...PATH_FAULTS, ...TARGET_FAULTS }[fault];
  return new TransferError(
    'path-refused',
    `The link ${quoted(path)} is refused because of its target ${quoted(target)}: ${why}.`,
  );
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
