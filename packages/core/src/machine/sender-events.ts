// What a control message of the receiver is to the sender's machine.
import type { Bytes } from '../foundation/bytes.ts';
import { ERROR_TABLE } from '../foundation/error-table.ts';
import { TransferError } from '../foundation/errors.ts';
import { type ControlMessage, type PeerNote, parseControlMessage } from '../wire/control-message.ts';
import type { SenderEvent, SenderPhases } from './sender-machine.ts';

/** What a sender has offered. */
export interface OfferedToReceiver<P extends SenderPhases> {
  /** The path of an entry that the receiver names as the reason of an ending. */
  pathOf(index: number): string | undefined;
  /**
   * The phase that an `accept` begins, if the machine takes it now.
   * @throws TransferError `protocol-violation`
   */
  accept(message: ControlMessage & { type: 'accept' }): P['sending'];
}

/**
 * Null for a message to be ignored. A note is the session's, and moves no machine.
 * @throws TransferError as `parseControlMessage`; those of `accept`
 */
export function senderEventOf<P extends SenderPhases>(
  body: Bytes,
  offer: OfferedToReceiver<P>,
): SenderEvent<P> | PeerNote | null {
  const message = parseControlMessage(body);
  if (message === null) return null;
  switch (message.type) {
    case 'withdrawn':
    case 'skip':
    case 'delivered':
    case 'refuse':
    case 'compare':
    case 'ack':
    case 'paused':
    case 'continued':
    case 'receipt':
    case 'note-once':
      return message;
    case 'accept':
      return { type: 'accept', sending: offer.accept(message) };
    case 'decline':
    case 'abort': {
      const { type, code, file } = message;
      const path = file === null ? undefined : offer.pathOf(file);
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
