// An offer as text: what a person sees before they say yes.
import type { NameCounts, Offer, OfferEntry } from '../../library/public-types.ts';
import { counted, offerInWords, sizeInWords } from '../../wording/amounts.ts';
import { shown } from '../../wording/show-text.ts';
import { unsentInWords } from './left-out-in-words.ts';

/** Entries shown without being asked for more. */
export const FIRST_ENTRIES = 50;

/** What is offered and how much room there is: one line. */
export function offerSummary(offer: Offer): string {
  const free = offer.freeBytes === null ? '' : ` Free space: ${sizeInWords(offer.freeBytes)}.`;
  const lacks = offer.freeBytes !== null && offer.bytes > offer.freeBytes ? ' That is not enough.' : '';
  const unsent = offer.unsent > 0 ? ` ${unsentInWords(offer.unsent)}` : '';
  const links = linksInWords(offer.entries.filter(({ kind }) => kind === 'link').length);
  return `Offered: ${offerInWords(offer)}${links}${namesInWords(offer.names)}.${free}${lacks}${unsent}`;
}

/** `, 2 symbolic links`; '' for none. */
export function linksInWords(links = 0): string {
  return links === 0 ? '' : `, ${counted(links, 'symbolic link')}`;
}

const NO_NAMES: NameCounts = { risky: 0, hidden: 0, programs: 0 };

/** `; of these 3 hidden, 1 executable`; '' where the names tell nothing. */
export function namesInWords({ hidden, programs } = NO_NAMES): string {
  const parts: string[] = [];
  if (hidden > 0) parts.push(`${hidden.toLocaleString('en-US')} hidden`);
  if (programs > 0) parts.push(counted(programs, 'executable'));
  return parts.length === 0 ? '' : `; of these ${parts.join(', ')}`;
}

/** What is new or changed since the first list, then the first entries, and how many more there are. */
export function offerBeginning(offer: Offer): string {
  const { entries } = offer;
  const marked = markedEntries(offer);
  const lines = [...changesInLines(offer, marked), entryLines(entries.slice(0, FIRST_ENTRIES), marked)];
  if (entries.length > FIRST_ENTRIES) lines.push(`  and ${restInWords(entries.slice(FIRST_ENTRIES))}`);
  return lines.join('\n');
}

/** Every entry, a piece at a time: an offer may have a million. */
export function offerInFull(offer: Offer): Generator<string> {
  return linesInPieces(offer.entries, markedEntries(offer));
}

/** How the lines of an offer's entries are marked. */
interface Marks {
  maxUnsizedBytes: number | null;
  /** By index. */
  of: ReadonlyMap<number, 'new' | 'changed'>;
}
const NO_MARKS: Marks = { maxUnsizedBytes: null, of: new Map() };

function markedEntries({ maxUnsizedBytes, changes }: Offer): Marks {
  const of = new Map<number, 'new' | 'changed'>();
  for (const index of changes?.added ?? []) of.set(index, 'new');
  for (const index of changes?.changed ?? []) of.set(index, 'changed');
  return { maxUnsizedBytes, of };
}

/** Wherever they stand in the list, the person sees them first. */
function changesInLines({ entries, changes }: Offer, marks: Marks): string[] {
  if (changes === null) return [];
  const { added, changed } = changes;
  const number = (count: number) => count.toLocaleString('en-US');
  if (added.length + changed.length === 0) return ['Nothing in it is new since the first list.'];
  // Entries may have been left out: positions are no indices.
  const news = new Set([...added, ...changed].slice(0, FIRST_ENTRIES));
  const byIndex = new Map(
    entries.filter(({ index }) => news.has(index)).map((entry) => [entry.index, entry]),
  );
  const first = [...news].map((index) => byIndex.get(index)!);
  const more = added.length + changed.length - first.length;
  return [
    `Since the first list ${number(added.length)} new and ${number(changed.length)} changed:`,
    entryLines(first, marks),
    ...(more > 0 ? [`  and ${number(more)} more`] : []),
    'All of it:',
  ];
}

export function* linesInPieces(entries: readonly OfferEntry[], marks: Marks = NO_MARKS): Generator<string> {
  for (let start = 0; start < entries.length; start += 1000)
    yield entryLines(entries.slice(start, start + 1000), marks);
}

/** A line for each. */
export function entryLines(entries: readonly OfferEntry[], marks: Marks = NO_MARKS): string {
  return entries.map((entry) => entryLine(entry, marks)).join('\n');
}

function entryLine({ index, kind, path, sizeBytes, executable, target }: OfferEntry, marks: Marks): string {
  const mark = marks.of.get(index);
  const marked = mark === undefined ? '' : ` (${mark})`;
  if (kind === 'folder') return `  ${shown(path)}/${marked}`;
  if (kind === 'link') return `  ${shown(path)}, a link to ${shown(target ?? '')}${marked}`;
  const bound = marks.maxUnsizedBytes === null ? '' : `, at most ${sizeInWords(marks.maxUnsizedBytes)}`;
  const size = sizeBytes === null ? `unknown size${bound}` : sizeInWords(sizeBytes);
  if (kind === 'text') return `  a message, ${size}${marked}`;
  return `  ${shown(path)}, ${size}${executable ? ', executable' : ''}${marked}`;
}

function restInWords(rest: readonly OfferEntry[]): string {
  const ofKind = (wanted: OfferEntry['kind']) => rest.filter(({ kind }) => kind === wanted).length;
  const [folders, links] = [ofKind('folder'), ofKind('link')];
  const files = rest.length - folders - links;
  const number = (count: number, noun: string) =>
    count === 0 ? [] : [`${count.toLocaleString('en-US')} more ${noun}${count === 1 ? '' : 's'}`];
  const parts = [...number(files, 'file'), ...number(folders, 'folder'), ...number(links, 'link')];
  return parts.length < 3 ? parts.join(' and ') : `${parts.slice(0, 2).join(', ')} and ${parts[2]}`;
}
