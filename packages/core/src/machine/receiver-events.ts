// What a record of the sender is to the receiver's machine.
import { TransferError } from '../foundation/errors.ts';
import { parseControlMessage } from '../wire/control-message.ts';
import type { Record } from '../wire/record.ts';
import type { ReceiverEvent } from './receiver-machine.ts';

/**
 * Null for what is to be ignored.
 * @param isFirstLane whether it came on lane 0, which alone carries control messages
 */
export function receiverEventOf(record: Record, isFirstLane: boolean): ReceiverEvent | null {
  if (record.kind !== 'control') return { type: 'content', record };
  if (!isFirstLane) return { type: 'foreign' };
  const message = parseControlMessage(record.body);
  if (message === null) return null;
  switch (message.type) {
    case 'manifest':
    case 'manifest-end':
    case 'withdraw':
    case 'open-lane':
    case 'file-failed':
    case 'end':
    case 'bye':
    case 'again':
      return message;
    case 'abort':
      return { type: 'abort', error: new TransferError(message.code) };
    case 'withdrawn':
    case 'skip':
    case 'delivered':
    case 'refuse':
    case 'compare':
    case 'accept':
    case 'decline':
    case 'ack':
    case 'paused':
    case 'continued':
    case 'receipt':
      return { type: 'foreign' };
  }
}
