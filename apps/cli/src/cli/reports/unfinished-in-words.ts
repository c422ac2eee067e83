// Unfinished transfers as a person reads them: which, what, where, how long ago.
import { hasBegun, type StoredTransfer, type TransferTitle } from '../../state/stored-transfer.ts';
import type { UnfinishedTransfer } from '../../state/transfer-store.ts';
import { counted, durationInWords, offerInWords } from '../../wording/amounts.ts';
import { quoted } from '../../wording/show-text.ts';

/** A line for each, numbered from 1. */
export function unfinishedList(unfinished: readonly UnfinishedTransfer[]): string {
  return unfinished.map((one, i) => `  ${i + 1}  ${unfinishedLine(one)}`).join('\n');
}

function unfinishedLine({ transfer, heldBy }: UnfinishedTransfer): string {
  const state = heldBy === null ? ageInWords(transfer) : `running now, in process ${heldBy}`;
  return `${transfer.id}  ${transferInWords(transfer)}, ${state}`;
}

/** `send “holiday” (3 files, 1.2 MB) from “/home/me/holiday”`. */
export function transferInWords(transfer: StoredTransfer): string {
  const state = hasBegun(transfer) ? '' : ', not accepted yet';
  return `${transfer.role} ${titleInWords(transfer.title)} ${placeInWords(transfer)}${state}`;
}

/** `3 files, 1.2 MB`. */
export function amountsInWords(transfer: StoredTransfer): string {
  if (transfer.title.names.length === 0) return 'not accepted yet';
  const amounts = offerInWords({ ...transfer.title, unsized: false });
  return hasBegun(transfer) ? amounts : `${amounts}, not accepted yet`;
}

/** `2 min 05 s ago`, by the end of the last attempt. */
export function ageInWords({ updatedMs }: StoredTransfer): string {
  return `${durationInWords((Date.now() - updatedMs) / 1000)} ago`;
}

function titleInWords({ names, moreNames, files, bytes }: TransferTitle): string {
  // Before an offer was accepted a receiver notes nothing of it.
  if (names.length === 0) return 'what is offered';
  const named = names.map(quoted).join(', ');
  const more = moreNames === 0 ? '' : ` and ${counted(moreNames, 'more name')}`;
  return `${named}${more} (${offerInWords({ files, bytes, unsized: false })})`;
}

function placeInWords(transfer: StoredTransfer): string {
  if (transfer.role === 'receive') return `into ${quoted(transfer.out)}`;
  const [first = '', ...others] = transfer.paths;
  return `from ${quoted(first)}${others.length === 0 ? '' : ` and ${counted(others.length, 'more path')}`}`;
}
