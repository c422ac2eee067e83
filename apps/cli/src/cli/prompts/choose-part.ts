// The list from which a part of an offer is chosen: numbered at the level where there is a choice, or by patterns.
import { setImmediate as otherEvents } from 'node:timers/promises';
import { hasContent } from '@p2p-copy/core';
import type { Offer, OfferEntry } from '../../library/public-types.ts';
import { matchingEntries, withFolders } from '../../node/patterns/selection.ts';
import { counted, sizeInWords } from '../../wording/amounts.ts';
import { quoted, shown } from '../../wording/show-text.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { signalOrAnswer } from './ask-person.ts';

/** Lines written before the event loop turns. */
const LINES_IN_A_ROW = 500;

const QUESTION = 'Which? Numbers (1,3-5), patterns (*.jpg), or all; Enter changes nothing: ';

/** What one number stands for. */
interface Item {
  path: string;
  isFolder: boolean;
  /** Of a link: where it leads. */
  target: string | undefined;
  files: number;
  bytes: number;
  indices: number[];
}

/** Indices of the entries that are left out; as they were where the person chooses nothing. */
export async function choosePart(
  terminal: Terminal,
  { entries }: Offer,
  before: ReadonlySet<number>,
  signal: AbortSignal,
): Promise<ReadonlySet<number>> {
  const items = itemsOf(entries);
  for (let start = 0; start < items.length; start += LINES_IN_A_ROW) {
    const lines = items
      .slice(start, start + LINES_IN_A_ROW)
      .map((item, i) => lineOf(item, start + i, before));
    terminal.say(lines.join('\n'));
    await otherEvents();
    signalOrAnswer(signal);
  }
  for (;;) {
    const answer = await terminal.ask(QUESTION, { signal });
    signalOrAnswer(signal);
    if (answer === null || answer === '') return before;
    const chosen = chosenBy(answer, items, entries);
    if (typeof chosen === 'string') terminal.say(chosen);
    else return new Set(entries.filter(({ index }) => !chosen.has(index)).map(({ index }) => index));
  }
}

/** The names at the top; of a single folder those inside it. */
export function itemsOf(entries: readonly OfferEntry[]): Item[] {
  const depth = depthOfChoice(entries);
  const items = new Map<string, Item>();
  for (const entry of entries) addTo(items, entry, depth);
  return [...items.values()];
}

/** Folders around all entries. One pass, since a hostile offer has many entries in deep folders. */
function depthOfChoice(entries: readonly OfferEntry[]): number {
  let deepest = '';
  for (const { path } of entries) if (path.length > deepest.length) deepest = path;
  /** A folder of the deepest one, or itself; with a slash at its end. */
  let common = `${deepest}/`;
  for (const { path } of entries) {
    const own = `${path}/`;
    if (common.startsWith(own)) continue;
    let length = 0;
    while (common[length] === own[length] && length < common.length) length += 1;
    common = common.slice(0, common.lastIndexOf('/', length - 1) + 1);
    if (length === 0) common = '';
  }
  const folders = common.split('/').length - 1;
  return common.length > deepest.length ? folders - 1 : folders;
}

function addTo(items: Map<string, Item>, entry: OfferEntry, depth: number): void {
  const { path, kind, sizeBytes, index, target } = entry;
  const segments = path.split('/');
  // The folder around all of it.
  if (segments.length <= depth && kind === 'folder') return;
  const top = segments.slice(0, depth + 1).join('/');
  const item = items.get(top) ?? {
    path: top,
    isFolder: false,
    target,
    files: 0,
    bytes: 0,
    indices: [],
  };
  items.set(top, item);
  item.isFolder ||= kind === 'folder' || segments.length > depth + 1;
  item.indices.push(index);
  if (!hasContent(kind)) return;
  item.files += 1;
  item.bytes += sizeBytes ?? 0;
}

function lineOf(
  { path, isFolder, target, files, bytes, indices }: Item,
  at: number,
  before: ReadonlySet<number>,
) {
  const mark = indices.every((index) => before.has(index)) ? ' (left out)' : '';
  const amounts = isFolder
    ? `/, ${counted(files, 'file')}, ${sizeInWords(bytes)}`
    : target === undefined
      ? `, ${sizeInWords(bytes)}`
      : `, a link to ${shown(target)}`;
  return `  ${at + 1}. ${shown(path)}${amounts}${mark}`;
}

/** Indices that an answer chooses; a sentence where it chooses nothing. */
export function chosenBy(
  answer: string,
  items: readonly Item[],
  entries: readonly OfferEntry[],
): Set<number> | string {
  if (answer.toLowerCase() === 'all') return new Set(entries.map(({ index }) => index));
  if (!/^[\d\s,-]+$/.test(answer)) {
    const matching = matchingEntries(
      answer.split(',').map((pattern) => pattern.trim()),
      entries,
    );
    return matching.size > 0 ? matching : `Nothing matches ${quoted(answer)}.`;
  }
  const chosen = new Set<number>();
  for (const range of answer.split(/[\s,]+/).filter((text) => text !== '')) {
    const [, first = '', last = first] = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(range) ?? [];
    const [from, to] = [Number(first), Number(last)];
    if (first === '' || from < 1 || to > items.length || from > to)
      return `${quoted(range)} is not in the list, which goes from 1 to ${items.length}.`;
    for (const item of items.slice(from - 1, to)) for (const index of item.indices) chosen.add(index);
  }
  return chosen.size > 0 ? withFolders(entries, chosen) : 'No number is given.';
}
