// What a control message of the sender is to the receiver's machine.
import type { Bytes } from '../foundation/bytes.ts';
import { TransferError } from '../foundation/errors.ts';
import { type PeerNote, parseControlMessage } from '../wire/control-message.ts';
import type { ReceiverEvent } from './receiver-machine.ts';

/** Events that begin no phase. */
type PeerEvent = Exclude<ReceiverEvent, { type: 'joined' | 'proved' | 'resumed' | 'accepted' }>;

/**
 * Null for a message to be ignored. A note is the session's, and moves no machine.
 * @throws TransferError as `parseControlMessage`
 */
export function receiverEventOf(body: Bytes): PeerEvent | PeerNote | null {
  const message = parseControlMessage(body);
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
    case 'note-once':
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
