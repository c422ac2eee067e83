// How an app ends a transfer of its own accord, and what the other end is told then. docs/PROTOCOL.md section 12, "Stopping".
import type { ErrorCode } from '../foundation/error-table.ts';
import { type TransferError, wireCode } from '../foundation/errors.ts';

/**
 * What an app aborts the signal of a transfer with. Any other reason says nothing about later, and is told as `cancelled`.
 * - `leave`: the process ends. The other end is told nothing, and seeks this one as after a lost connection.
 * - `keep`: a person stops the transfer, and what it takes to resume it is kept here. Told as `stopped`.
 * - `end`: nothing is kept to resume it by. Told as `discarded`.
 * - `discard`: the same, and the app deletes unfinished files at the receiver.
 */
export type Stop = 'leave' | 'keep' | 'end' | 'discard';

const TOLD: { readonly [S in Stop]: ErrorCode | null } = {
  leave: null,
  keep: 'stopped',
  end: 'discarded',
  discard: 'discarded',
};

/** How the app has stopped the transfer of that signal; null when it hasn't, or gave another reason. */
export function stopOf({ reason }: AbortSignal): Stop | null {
  return typeof reason === 'string' && Object.hasOwn(TOLD, reason) ? (reason as Stop) : null;
}

/**
 * What the other end is told in `abort` about a failure of this one; null for nothing.
 * @param signal with which the app may have stopped the transfer
 */
export function toldOf({ code }: TransferError, signal: AbortSignal): ErrorCode | null {
  const stop = code === 'interrupted' ? stopOf(signal) : null;
  return stop === null ? wireCode(code, 'cancelled') : TOLD[stop];
}
