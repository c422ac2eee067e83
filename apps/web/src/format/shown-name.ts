// A name with characters that a person can't see, made visible: it is why the file can't be sent.

const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;

/** Each as its code point, such as `\u{200e}`. */
export function shownName(path: string): string {
  return path.replace(UNSEEN, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
}
