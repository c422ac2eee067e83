// What a person is told while a connection is lost and found again.
import type { TransferEvent } from '../library/public-types.ts';

type ConnectionEvent = Extract<TransferEvent, { type: 'reconnecting' | 'reconnected' }>;

export function connectionInWords(event: ConnectionEvent): string {
  if (event.type === 'reconnecting')
    return 'The connection is lost. Reconnecting; nothing is lost, and Ctrl-C stops.';
  if (!event.restarted) return 'Connected again.';
  return 'Connected again with the other side, which was restarted. Comparing what it has.';
}
