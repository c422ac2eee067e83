// Lines that fit a narrow terminal: broken at the ends of words, so that the terminal doesn't break inside them.
import wrapAnsi from 'wrap-ansi';

/** Below this nothing can be read anyway. */
const NARROWEST_COLUMNS = 16;

/** Printable ASCII: as wide as it is long. */
const PLAIN = /^[\x20-\x7e]*$/;

/**
 * Breaks each line that is wider than `columns` after a word; an indented line goes on further in. A longer word stays whole, since it may
 * be a code or a link to copy.
 */
export function wrapLines(text: string, columns: number): string {
  if (columns < NARROWEST_COLUMNS) return text;
  return text
    .split('\n')
    .map((line) => (line.length <= columns && PLAIN.test(line) ? line : wrapLine(line, columns)))
    .join('\n');
}

function wrapLine(line: string, columns: number): string {
  const [indent] = /^ */.exec(line)!;
  const width = columns - indent.length;
  if (width < NARROWEST_COLUMNS) return line;
  // An answer is typed behind the blank at the end of its question.
  const [end] = / *$/.exec(line)!;
  // What goes on must not look like a line of its own: in a list it may be a name that another person chose.
  const further = indent === '' ? '' : '    ';
  const [first = '', ...others] = wrapAnsi(line.slice(indent.length), width - further.length).split('\n');
  return [indent + first, ...others.map((rest) => indent + further + rest)].join('\n') + end;
}
