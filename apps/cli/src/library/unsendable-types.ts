// What a sender leaves out, as users of the library see it: a part of public-types.ts.

/** Why a file or folder can't be sent. More may be added. */
export type UnsendableReason =
  | 'control-character'
  | 'direction-mark'
  | 'not-unicode'
  | 'unfinished-part'
  | 'too-long'
  | 'too-deep'
  | 'impossible-name'
  | 'same-name'
  | 'no-permission'
  | 'unreadable'
  | 'special-file'
  | 'dangling-link';

/** What a sender was given and can't send. */
export interface Unsendable {
  /** Files and folders; a folder counts once with all that is in it. */
  count: number;
  /** The first 1,000. Bytes of a path that aren't UTF-8 stand escaped in it; escape it before printing it, too. */
  entries: { path: string; reason: UnsendableReason }[];
}
