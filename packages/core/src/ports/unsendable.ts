// Why something that a person chose isn't offered. The code crosses into apps, which have the words in people's languages.

/** Why a file or folder can't be sent. */
export type UnsendableReason =
  /** Its path holds a control character, such as the line break in a Mac's `Icon\r`. */
  | 'control-character'
  /** Its path holds a character that reorders text or can't be seen, such as U+200E in an exported chat. */
  | 'direction-mark'
  /** The bytes of its name aren't UTF-8, or its UTF-16 units aren't Unicode. */
  | 'not-unicode'
  /** It is the part of a file that p2p-copy is receiving. */
  | 'unfinished-part'
  | 'too-long'
  | 'too-deep'
  /** Its path is none for another reason: empty, absolute, or with a segment of dots. */
  | 'impossible-name'
  /** In Unicode normal form its path is that of another entry, or lies below a file. */
  | 'same-name'
  /** Whoever runs the sender may not read it. */
  | 'no-permission'
  /** It can't be read for another reason. */
  | 'unreadable'
  /** A socket, pipe or device. */
  | 'special-file'
  /** A link that a person named, and that leads nowhere. */
  | 'dangling-link'
  /** A link below what a person named, and leading elsewhere. */
  | 'leads-out'
  /** A link to a path of which no entry can be sent: with a line break, a backslash, bytes that aren't UTF-8. */
  | 'impossible-target';
