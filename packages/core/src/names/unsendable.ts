// What of all that was gathered is offered, and what is left out since it can't be sent. The one place that decides it for every
// app: what gathers only marks entries.

import type { ErrorCode } from '../foundation/error-table.ts';
import { TransferError } from '../foundation/errors.ts';
import type { SourceEntry } from '../ports/byte-source.ts';
import { type EntryKind, hasContent } from '../ports/entry.ts';
import type { UnsendableReason } from '../ports/unsendable.ts';
import { quoted } from './check-path.ts';

/** Of what can't be sent, at most. */
const MOST_UNSENDABLE_NAMED = 1_000;

/** A file or folder that a person chose and that can't be sent. */
export interface UnsendableEntry {
  /** For people: bytes that aren't UTF-8 stand escaped in it. */
  path: string;
  reason: UnsendableReason;
}

/** What a sender leaves out of its offer, since it can't be sent. */
export interface Unsendable {
  /** Files and folders; a folder counts once with all that is in it. */
  count: number;
  /** The first MOST_UNSENDABLE_NAMED. */
  entries: UnsendableEntry[];
}

/** Each reason in words that end a sentence. */
export const UNSENDABLE_REASONS: Readonly<Record<UnsendableReason, string>> = {
  'control-character': 'its name contains a control character',
  'direction-mark': 'its name contains an invisible character that changes the direction of text',
  'not-unicode': 'its name is not valid UTF-8',
  'unfinished-part': 'it is the unfinished part of another transfer',
  'too-long': 'its name is too long',
  'too-deep': 'it lies in too many folders',
  'impossible-name': 'its name is not one that can be sent',
  'same-name': 'something else is sent under the same name, which differs in its Unicode form alone',
  'no-permission': 'it cannot be read: permission is denied',
  unreadable: 'it cannot be read',
  'special-file':
    'it is neither a file nor a folder; to send what it gives, name - and give it as standard input',
  'dangling-link': 'it is a link that leads nowhere',
  'leads-out': 'it is a link that leads out of what is sent',
  'impossible-target': 'it is a link to a name that cannot be sent',
};
/** Renaming helps against the others. */
const OF_CONTENT: ReadonlySet<UnsendableReason> = new Set([
  'no-permission',
  'unreadable',
  'special-file',
  'dangling-link',
  'leads-out',
]);

/** What was gathered, in two. */
export interface Gathered {
  offered: readonly SourceEntry[];
  unsendable: Unsendable;
}

/** An entry that isn't offered. */
export function unsendableEntry(kind: EntryKind, path: string, reason: UnsendableReason): SourceEntry {
  return {
    kind,
    path,
    sizeBytes: 0,
    modifiedMs: null,
    executable: false,
    unsendable: reason,
    open: () => Promise.reject(new TransferError('source-unreadable')),
  };
}

/** Parts what can be sent from what can't. */
export function partGathered(gathered: readonly SourceEntry[]): Gathered {
  const unsendable: Unsendable = { count: 0, entries: [] };
  for (const { path, unsendable: reason } of gathered) {
    if (reason === undefined) continue;
    unsendable.count += 1;
    if (unsendable.entries.length < MOST_UNSENDABLE_NAMED) unsendable.entries.push({ path, reason });
  }
  const offered = unsendable.count === 0 ? gathered : gathered.filter((entry) => !entry.unsendable);
  return { offered, unsendable };
}

/**
 * Whether nothing is left to offer: no file or message, and no folder or link but in those whose content was left out.
 * @param gathered what was parted
 */
export function isNothingLeft({ offered, unsendable }: Gathered, gathered: readonly SourceEntry[]): boolean {
  if (unsendable.count === 0) return false;
  const lost = new Set<string>();
  for (const entry of gathered) if (entry.unsendable !== undefined) lost.add(topOf(entry.path));
  return offered.every(({ kind, path }) => !hasContent(kind) && lost.has(topOf(path)));
}

/** The error of an offer that nothing is left of: with a name and the reason, if there is one reason. */
export function nothingLeft({ count, entries }: Unsendable): TransferError {
  const [{ path, reason }] = entries as [UnsendableEntry];
  const codes = new Set(entries.map((entry) => codeOf(entry.reason)));
  const [code = 'nothing-to-send'] = codes.size === 1 ? codes : [];
  if (count === 1)
    return new TransferError(code, `${quoted(path)} cannot be sent: ${UNSENDABLE_REASONS[reason]}.`);
  return new TransferError(
    code,
    `None of these ${count.toLocaleString('en-US')} files and folders can be sent.`,
  );
}

function codeOf(reason: UnsendableReason): ErrorCode {
  return OF_CONTENT.has(reason) ? 'source-unreadable' : 'path-refused';
}

function topOf(path: string): string {
  const slash = path.indexOf('/');
  return slash < 0 ? path : path.slice(0, slash);
}
