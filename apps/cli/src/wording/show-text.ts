// How text that a peer, a relay, a site or a disk chose may stand on a screen or in a line of JSON. Names, messages and
// reasons of others pass here before they are printed: a terminal obeys control sequences, and bidirectional marks make
// one name look like another. Terminal (cli/terminal.ts) lets everything through here once more.

/** All that a terminal or the bidirectional algorithm obeys: controls, line and paragraph separators, bidi controls. */
const OBEYED = '\\u0000-\\u001f\\u007f-\\u009f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u206f';
/** What can't be seen, so that two names look the same. */
const INVISIBLE =
  '\\u00ad\\u115f\\u1160\\u180e\\u200b-\\u200d\\u2060-\\u2065\\u3164\\ufeff\\ufff9-\\ufffb\\u{e0000}-\\u{e007f}';
/** Scripts whose words need zero-width joiners and non-joiners, and pictures that are joined to one. */
const JOINED_SCRIPTS = [
  'Arabic',
  'Syriac',
  'Mongolian',
  'Nko',
  'Devanagari',
  'Bengali',
  'Gurmukhi',
  'Gujarati',
  'Oriya',
  'Tamil',
  'Telugu',
  'Kannada',
  'Malayalam',
  'Sinhala',
  'Khmer',
  'Myanmar',
]
  .map((script) => `\\p{scx=${script}}`)
  .join('');
const JOINED = `[${JOINED_SCRIPTS}\\p{Extended_Pictographic}\\ufe0f\\u{1f3fb}-\\u{1f3ff}]`;

const OBEYED_CHARACTER = new RegExp(`[${OBEYED}]`, 'gu');
const UNSAFE_IN_NAME = new RegExp(
  `(?<joiner>(?<=${JOINED})[\\u200c\\u200d](?=${JOINED}))|[${OBEYED}${INVISIBLE}]`,
  'gu',
);

/** A name or reason on one line: escaped is what a terminal obeys and what a person can't see, but for joiners in their place. */
export function shown(text: string): string {
  return text
    .toWellFormed()
    .replace(UNSAFE_IN_NAME, (character, joiner) => (joiner === undefined ? escaped(character) : character));
}

/** As it was laid out: escaped is what a terminal obeys, but for line feeds and tabs. Joiners and other marks stay. */
export function shownMessage(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n/g, '\n')
    .replace(OBEYED_CHARACTER, (character) =>
      character === '\n' || character === '\t' ? character : escaped(character),
    );
}

/** One line of JSON that a terminal doesn't obey either; it parses to the same value as without the escapes. */
export function jsonLine(value: object): string {
  return JSON.stringify(value).replace(
    OBEYED_CHARACTER,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** A name inside a sentence: shown, cut to a readable length, in quotation marks. */
export function quoted(name: string): string {
  const characters = [...shown(name)];
  return characters.length <= 120 ? `“${characters.join('')}”` : `“${characters.slice(0, 119).join('')}…”`;
}

function escaped(character: string): string {
  return `\\u{${character.codePointAt(0)!.toString(16)}}`;
}
