// The questions of a receiver about an offer: whether to accept, and what about names that are taken.
import { TransferError } from '@p2p-copy/core';
import type { ChangedFile, Conflict, Offer, OverwriteAction } from '../../library/public-types.ts';
import { counted, sizeInWords, timeInWords } from '../../wording/amounts.ts';
import { quoted } from '../../wording/show-text.ts';
import { FIRST_ENTRIES, offerBeginning, offerSummary } from '../reports/show-offer.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** Shows what is offered: all of it, or the beginning of a long list. */
export function showOffer(terminal: Terminal, offer: Offer): void {
  terminal.say(`${offerSummary(offer)}\n${offerBeginning(offer)}`);
}

/**
 * The sender has come back with something else than was accepted.
 * @throws TransferError `cancelled` where nobody is asked about it
 */
export function expectAsked(isAsked: boolean, isSilent: boolean, terminal: Terminal): void {
  if (!isAsked) {
    throw new TransferError(
      'cancelled',
      'The sender offers other things than were accepted, and nobody is asked about them.',
    );
  }
  if (!isSilent) terminal.say('The sender offers other things than were accepted.');
}

/** Asks whether files that are here are compared; given only where there are any. */
export function createCompareQuestion(terminal: Terminal, signal: AbortSignal) {
  return async (paths: readonly string[], withdrawn: AbortSignal): Promise<boolean> => {
    const ended = AbortSignal.any([signal, withdrawn]);
    const names =
      paths.length === 1
        ? 'One of these names is'
        : `${paths.length.toLocaleString('en-US')} of these names are`;
    for (;;) {
      const question = `${names} here: compare, and fetch only what differs? [Y/n] `;
      const answer = (await terminal.ask(question, { signal: ended }))?.toLowerCase();
      signalOrAnswer(ended);
      if (answer === '' || answer === 'y' || answer === 'yes') return true;
      if (answer === undefined || answer === 'n' || answer === 'no') return false;
    }
  };
}

/** Asks about files that have another size now than was accepted: one answer for all of them. */
export function createChangeQuestion(terminal: Terminal, signal: AbortSignal) {
  return async (changed: readonly ChangedFile[], withdrawn: AbortSignal): Promise<boolean> => {
    const ended = AbortSignal.any([signal, withdrawn]);
    terminal.say(changesInWords(changed));
    for (;;) {
      const answer = (
        await terminal.ask('Take them as they are now? [y/N] ', { signal: ended })
      )?.toLowerCase();
      signalOrAnswer(ended);
      if (answer === 'y' || answer === 'yes') return true;
      if (answer === undefined || ['', 'n', 'no'].includes(answer)) return false;
    }
  };
}

function changesInWords(changed: readonly ChangedFile[]): string {
  const inWords = (bytes: number | null) => (bytes === null ? 'unknown size' : sizeInWords(bytes));
  const sizes = ({ acceptedBytes, sizeBytes }: ChangedFile) => {
    const [now, accepted] = [inWords(sizeBytes), inWords(acceptedBytes)];
    if (now !== accepted) return `${now}; accepted were ${accepted}`;
    // Rounded they are equal.
    return `${counted(sizeBytes!, 'byte')}; accepted were ${counted(acceptedBytes!, 'byte')}`;
  };
  const lines = changed.slice(0, FIRST_ENTRIES).map((file) => `  ${quoted(file.path)}: ${sizes(file)}`);
  if (changed.length > FIRST_ENTRIES)
    lines.push(`  and ${counted(changed.length - FIRST_ENTRIES, 'more file')}`);
  return `Changed at the sender since you accepted:\n${lines.join('\n')}`;
}

/** Asks for each file whose name is taken, until one answer is for all. */
export function createOverwriteQuestion(terminal: Terminal, signal: AbortSignal) {
  let forAll: OverwriteAction | null = null;
  let offer: AbortSignal | null = null;
  return async (conflict: Conflict, withdrawn: AbortSignal): Promise<OverwriteAction> => {
    // Each offer is asked about for itself.
    if (withdrawn !== offer) [forAll, offer] = [null, withdrawn];
    if (forAll !== null) return forAll;
    const ended = AbortSignal.any([signal, withdrawn]);
    terminal.say(conflictInWords(conflict));
    // A folder can't be replaced by a file.
    const isFolder = conflict.existing.kind === 'folder';
    const choices = isFolder ? '[No/none/rename]' : '[yes/No/all/none/rename]';
    for (;;) {
      const answer = (await terminal.ask(`Replace it? ${choices} `, { signal: ended }))?.toLowerCase();
      signalOrAnswer(ended);
      if (!isFolder && (answer === 'y' || answer === 'yes')) return 'replace';
      if (!isFolder && (answer === 'a' || answer === 'all')) {
        forAll = 'replace';
        return forAll;
      }
      if (answer === 'r' || answer === 'rename') return 'rename';
      if (answer === 'none' || answer === undefined) {
        forAll = 'skip';
        return forAll;
      }
      if (['', 'n', 'no'].includes(answer)) return 'skip';
    }
  };
}

function conflictInWords({ path, kind, sizeBytes, existing }: Conflict): string {
  if (existing.kind === 'folder') return `A folder called ${quoted(path)} is already there.`;
  const changed = timeInWords(existing.modifiedMs);
  let offered = sizeBytes === null ? '' : `; ${sizeInWords(sizeBytes)} are offered`;
  if (kind === 'folder') offered = ', and is no folder; a folder is offered';
  if (kind === 'link') offered = '; a symbolic link is offered';
  return `${quoted(path)} is already there (${sizeInWords(existing.sizeBytes)}, changed ${changed})${offered}.`;
}

/** A question that Ctrl-C ended has no answer. */
export function signalOrAnswer(signal: AbortSignal): void {
  if (signal.aborted) throw new TransferError('interrupted');
}
