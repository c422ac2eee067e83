// An offer as text: what a person sees before they say yes.
import type { NameCounts, Offer, OfferEntry } from '../../library/public-types.ts';
import { counted, offerInWords, sizeInWords } from '../../wording/amounts.ts';
import { shown } from '../../wording/show-text.ts';

/** Entries shown without being asked for more. */
export const FIRST_ENTRIES = 50;

/** What is offered and how much room there is: one line. */
export function offerSummary(offer: Offer): string {
  const free = offer.freeBytes === null ? '' : ` Free space: ${sizeInWords(offer.freeBytes)}.`;
  const lacks = offer.freeBytes !== null && offer.bytes > offer.freeBytes ? ' That is not enough.' : '';
  return `Offered: ${offerInWords(offer)}${namesInWords(offer.names)}.${free}${lacks}`;
}

const NO_NAMES: NameCounts = { risky: 0, hidden: 0, programs: 0 };

/** `; of these 3 hidden, 1 executable`; '' where the names tell nothing. */
export function namesInWords({ hidden, programs } = NO_NAMES): string {
  const parts: string[] = [];
  if (hidden > 0) parts.push(`${hidden.toLocaleString('en-US')} hidden`);
  if (programs > 0) parts.push(counted(programs, 'executable'));
  return parts.length === 0 ? '' : `; of these ${parts.join(', ')}`;
}

/** The first entries, and how many more there are below which folders. */
export function offerBeginning({ entries, maxUnsizedBytes }: Offer): string {
  const lines = [entryLines(entries.slice(0, FIRST_ENTRIES), maxUnsizedBytes)];
  if (entries.length > FIRST_ENTRIES) lines.push(`  and ${restInWords(entries.slice(FIRST_ENTRIES))}`);
  return lines.join('\n');
}

/** Every entry, a piece at a time: an offer may have a million. */
export function offerInFull({ entries, maxUnsizedBytes }: Offer): Generator<string> {
  return linesInPieces(entries, maxUnsizedBytes);
}

export function* linesInPieces(
  entries: readonly OfferEntry[],
  maxUnsizedBytes: number | null = null,
): Generator<string> {
  for (let start = 0; start < entries.length; start += 1000)
    yield entryLines(entries.slice(start, start + 1000), maxUnsizedBytes);
}

/** A line for each. */
export function entryLines(entries: readonly OfferEntry[], maxUnsizedBytes: number | null = null): string {
  return entries.map((entry) => entryLine(entry, maxUnsizedBytes)).join('\n');
}

function entryLine(
  { kind, path, sizeBytes, executable }: OfferEntry,
  maxUnsizedBytes: number | null,
): string {
  if (kind === 'folder') return `  ${shown(path)}/`;
  const bound = maxUnsizedBytes === null ? '' : `, at most ${sizeInWords(maxUnsizedBytes)}`;
  const size = sizeBytes === null ? `unknown size${bound}` : sizeInWords(sizeBytes);
  if (kind === 'text') return `  a message, ${size}`;
  return `  ${shown(path)}, ${size}${executable ? ', executable' : ''}`;
}

function restInWords(rest: readonly OfferEntry[]): string {
  const folders = rest.filter(({ kind }) => kind === 'folder').length;
  const files = rest.length - folders;
  const number = (count: number, noun: string) =>
    `${count.toLocaleString('en-US')} more ${noun}${count === 1 ? '' : 's'}`;
  if (folders === 0) return number(files, 'file');
  return files === 0
    ? number(folders, 'folder')
    : `${number(files, 'file')} and ${number(folders, 'folder')}`;
}
