// How text that a peer or a disk chose may stand on a screen. Names, messages and reasons of the other side pass here
// before they are printed: a terminal obeys control sequences, and bidirectional marks make one name look like another.

// Controls (line breaks too), bidirectional controls, and characters that are invisible.
const UNSAFE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

/** `text` on one line, with everything escaped that a terminal would obey or a person could not see. */
export function shown(text: string): string {
  return text.toWellFormed().replace(UNSAFE, escaped);
}

/** As `shown`, but line feeds and tabs stay: a message as its sender laid it out. */
export function shownMessage(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n/g, '\n')
    .replace(UNSAFE, (character) =>
      character === '\n' || character === '\t' ? character : escaped(character),
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
