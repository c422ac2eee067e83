// Files that are not wanted, in words: at the receiver, where a rule left them out, and at the sender.
import type { LeftOut } from '../../library/public-types.ts';
import { counted } from '../../wording/amounts.ts';
import { quoted, shown } from '../../wording/show-text.ts';

/** Names in one sentence, at most. */
const NAMES_IN_SENTENCE = 5;

/** All names that are known, one a line. */
export function leftOutInLines(heading: string, { files, paths }: LeftOut): string {
  const lines = paths.map((path) => `  ${shown(path)}`);
  if (files > paths.length) lines.push(`  and ${counted(files - paths.length, 'more file')}`);
  return [heading, ...lines].join('\n');
}

/** `2 files: “.bashrc”, “.profile”`. */
export function leftOutInSentence({ files, paths }: LeftOut): string {
  const named = paths.slice(0, NAMES_IN_SENTENCE).map(quoted);
  const more = files - named.length;
  return `${counted(files, 'file')}: ${named.join(', ')}${more > 0 ? ` and ${more.toLocaleString('en-US')} more` : ''}`;
}
