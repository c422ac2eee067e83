// What the end of a channel is to a person.
import { TransferError } from '../foundation/errors.ts';
import type { ChannelEnd } from '../ports/channel.ts';
import { violation } from '../wire/fields.ts';

/** The error that the end of a channel means to a transfer that isn't over. */
export function channelError(why: ChannelEnd): TransferError {
  switch (why) {
    case 'peer-left':
      return new TransferError('peer-gone');
    case 'lost':
      return new TransferError('connection-lost');
    case 'going-away':
      return new TransferError('connection-lost', undefined, { isPlanned: true });
    case 'refused':
      return new TransferError('relay-refused');
    case 'transfer-limit':
      return new TransferError('relay-limit-transfer');
    case 'day-limit':
      return new TransferError('relay-limit-day');
    case 'time-limit':
      return new TransferError('relay-limit-time');
    case 'idle-limit':
      return new TransferError('relay-limit-idle');
    case 'malformed':
      return violation('what arrived is no message');
  }
}
