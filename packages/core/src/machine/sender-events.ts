// What a control message of the receiver is to the sender's machine.
import type { Bytes } from '../foundation/bytes.ts';
import { ERROR_TABLE } from '../foundation/error-table.ts';
import { TransferError } from '../foundation/errors.ts';
import type { LeavingOut } from '../offer/sender-offer.ts';
import { parseControlMessage } from '../wire/control-message.ts';
import { only } from './machine-runner.ts';
import type { SenderEvent } from './sender-machine.ts';

/**
 * Null for a message to be ignored. Errors: as `parseControlMessage`.
 * @param pathOf the path of an entry that the receiver names as the reason of an ending
 */
export function senderEventOf(
  body: Bytes,
  pathOf: (index: number) => string | undefined,
): SenderEvent | null {
  const message = parseControlMessage(body);
  if (message === null) return null;
  switch (message.type) {
    case 'withdrawn':
    case 'skip':
    case 'delivered':
    case 'refuse':
    case 'compare':
    case 'accept':
    case 'ack':
    case 'paused':
    case 'continued':
    case 'receipt':
      return message;
    case 'decline':
    case 'abort': {
      const { type, code, file } = message;
      const path = file === null ? undefined : pathOf(file);
      const sentence = path === undefined ? undefined : `${ERROR_TABLE[code].sentence} (${path})`;
      return { type, error: new TransferError(code, sentence) };
    }
    case 'manifest':
    case 'manifest-end':
    case 'withdraw':
    case 'open-lane':
    case 'file-failed':
    case 'end':
    case 'bye':
    case 'again':
      return { type: 'foreign' };
  }
}

/** The receiver's word about entries that aren't to be sent: an effect knows which events ask for it. */
export function leavingOut(event: SenderEvent): LeavingOut {
  return event.type === 'skip' || event.type === 'delivered' ? event : only(event, 'refuse');
}
