// A name that is cut short in its middle: its end tells photos apart, and its extension what it is.

/** Names up to here stay in one piece: letters may be joined, or stand from right to left. */
const SHORT = 24;
const END = 10;
/** What belongs to the letter before it, such as accents and the selectors of emoji. */
const JOINED = /^(?:\p{M}|\u200d|[\u{1f3fb}-\u{1f3ff}])/u;

/** The part that may be shortened, and the end that stays; '' for a short name. */
export function nameParts(name: string): [head: string, end: string] {
  const letters = Array.from(name.length > SHORT ? name : '');
  if (letters.length <= SHORT) return [name, ''];
  let at = letters.length - END;
  while (at > SHORT - END && (JOINED.test(letters[at]!) || letters[at - 1] === '\u200d')) at -= 1;
  return [letters.slice(0, at).join(''), letters.slice(at).join('')];
}
