// What is left out of a transfer, in words: what one side doesn't want, and what the sender can't send.
import { UNSENDABLE_REASONS } from '@p2p-copy/core';
import type { LeftOut, Unsendable } from '../../library/public-types.ts';
import { counted } from '../../wording/amounts.ts';
import { quoted, shown } from '../../wording/show-text.ts';

/** Names in one sentence, at most. */
const NAMES_IN_SENTENCE = 5;
/** More of what can't be sent is only counted. */
const ENTRIES_SHOWN = 20;

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

/** With the reasons, one a line. */
export function unsendableInLines({ count, entries }: Unsendable): string {
  const lines = entries
    .slice(0, ENTRIES_SHOWN)
    .map(({ path, reason }) => `  ${shown(path)}: ${UNSENDABLE_REASONS[reason]}`);
  const more = count - lines.length;
  if (more > 0) lines.push(`  and ${more.toLocaleString('en-US')} more`);
  return [`${countedEntries(count)} cannot be sent:`, ...lines].join('\n');
}

/** Links that are in no offer to this receiver. */
export function linksLeftOutInWords(links: number): string {
  const are = links === 1 ? '1 symbolic link is' : `${links.toLocaleString('en-US')} symbolic links are`;
  return `${are} left out: the other side can make none. What they lead to is sent once, under its own name. To send it in their place too: --follow.`;
}

/** At the end, when the rest is there. */
export function unsendableInSummary({ count }: Unsendable): string {
  return `Not sent: ${countedEntries(count)}, for the reasons above.`;
}

/** For a sender, whose own patterns did it. */
export function excludedInWords(excluded: number): string {
  return `Left out by patterns: ${countedEntries(excluded)}.`;
}

/** For a receiver, who has only the sender's word. */
export function unsentInWords(unsent: number): string {
  return `The sender says that ${countedEntries(unsent)} could not be sent.`;
}

function countedEntries(count: number): string {
  return count === 1 ? '1 file or folder' : `${count.toLocaleString('en-US')} files or folders`;
}
