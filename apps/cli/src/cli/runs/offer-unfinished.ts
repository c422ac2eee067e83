// Before a new transfer: whether an unfinished one is meant. Asked at most once, on a terminal, and only when no code says
// that the other side has begun anew.
import { resolve } from 'node:path';
import { type Code, NAMEPLATE_RESERVED_MS } from '@p2p-copy/core';
import { TransferError } from '../../library/transfer-error.ts';
import { isCodeOf } from '../../state/code-tag.ts';
import type { StoredTransfer } from '../../state/stored-transfer.ts';
import type { TransferStore } from '../../state/transfer-store.ts';
import { ageInWords, amountsInWords } from '../reports/unfinished-in-words.ts';
import type { Context } from '../terminal/context.ts';
import { endOf } from './kept-transfer.ts';
import type { SendCommandOptions } from './run-send.ts';

/** The transfer of the same paths over the same relay that the person wants to go on with. */
export async function unfinishedSend(
  {
    relay,
    paths,
    isOnce,
    text,
    exclude = [],
    gitignore = false,
    followLinks = false,
    to,
  }: SendCommandOptions,
  store: TransferStore,
  mayAsk: boolean,
  context: Context,
): Promise<StoredTransfer | null> {
  const named = sorted(paths.map((path) => resolve(path)));
  const isSame = (stored: StoredTransfer) =>
    stored.role === 'send' &&
    stored.relay === relay &&
    stored.device === to?.key &&
    sorted(stored.paths) === named &&
    (stored.gitignore ?? false) === gitignore &&
    (stored.followLinks ?? false) === followLinks &&
    JSON.stringify(stored.exclude ?? []) === JSON.stringify(exclude);
  // A stream is a new one each time.
  const found = !isOnce && text === undefined ? find(store, isSame) : null;
  return found === null ? null : offer(found, 'of these files', mayAsk, context);
}

/**
 * The transfer into the same folder that the person wants to go on with.
 * @param code the one that was given, if it is known: the transfer that was received under it may be the one that is meant
 */
export async function unfinishedReceive(
  { out = '.', stdout, code }: { out?: string; stdout?: boolean; code?: Code | undefined },
  store: TransferStore,
  mayAsk: boolean,
  context: Context,
): Promise<StoredTransfer | null> {
  const folder = resolve(out);
  const found = stdout ? null : find(store, (stored) => stored.role === 'receive' && stored.out === folder);
  if (found === null || (code !== undefined && isOfCode(found, code))) return null;
  return offer(found, 'into this folder', mayAsk, context);
}

/**
 * The transfer that was received under that code here.
 * @param isPossible asked first, since codes are compared slowly
 */
export function transferOfCode(
  store: TransferStore,
  code: Code,
  isPossible: (transfer: StoredTransfer) => boolean = () => true,
): StoredTransfer | null {
  const found = store
    .list()
    .find(({ transfer, heldBy }) => heldBy === null && isPossible(transfer) && isOfCode(transfer, code));
  return found?.transfer ?? null;
}

function isOfCode(transfer: StoredTransfer, code: Code): boolean {
  return transfer.role === 'receive' && transfer.code !== null && isCodeOf(transfer.code, code);
}

/**
 * Whether a sender that is away from a code may be that of the transfer: a relay that didn't hear that the code was used up keeps its
 * number for so long after the ends have met.
 */
export function mayHoldCode({ createdMs }: StoredTransfer): boolean {
  return Math.abs(Date.now() - createdMs) < NAMEPLATE_RESERVED_MS;
}

/** The newest; one that runs isn't unfinished, nor one that was received whole. */
function find(store: TransferStore, isSame: (stored: StoredTransfer) => boolean): StoredTransfer | null {
  const same = store
    .list()
    .find(
      ({ transfer, heldBy }) =>
        heldBy === null && isSame(transfer) && endOf(store.notes(transfer.id)) !== 'receipt',
    );
  return same?.transfer ?? null;
}

async function offer(
  stored: StoredTransfer,
  which: string,
  mayAsk: boolean,
  { terminal, signal }: Context,
): Promise<StoredTransfer | null> {
  const amounts = amountsInWords(stored);
  const sentence = `An unfinished transfer ${which} exists (${amounts}, ${ageInWords(stored)})`;
  if (!mayAsk || !terminal.isInteractive) {
    terminal.say(`${sentence}; p2p-copy resume ${stored.id} continues it. This is a new one.`);
    return null;
  }
  for (;;) {
    const answer = (await terminal.ask(`${sentence}. Continue it? [Y/n] `, { signal }))?.toLowerCase();
    if (signal.aborted) throw new TransferError('interrupted');
    if (answer === undefined || answer === 'n' || answer === 'no') return null;
    if (['', 'y', 'yes'].includes(answer)) return stored;
  }
}

function sorted(paths: readonly string[]): string {
  return [...paths].sort().join('\0');
}
