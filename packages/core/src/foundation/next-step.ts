// The next step of a person after an error, where it depends on the side at which they sit: the second half of the table of
// errors. What an app words differently must keep to these sides; a test of each app compares.
import { ERROR_TABLE, type ErrorCode } from './error-table.ts';

/** At which end of a transfer a person sits. */
export type Side = 'send' | 'receive';

/** Ends whose next step depends on how far the transfer was. */
export const STAGED_ENDS = [
  'cancelled',
  'stopped',
  'discarded',
  'peer-gone',
  'peer-silent',
  'connection-lost',
] as const satisfies readonly ErrorCode[];

/** For the codes that are absent the step of the table serves both sides. */
export const NEXT_OF_SIDE: Readonly<Record<Side, Readonly<Partial<Record<ErrorCode, string>>>>> = {
  send: {
    'wrong-code': 'Nothing was sent. Send again for a new code.',
    'path-refused': 'Rename it, and send again.',
    'name-impossible': 'Rename it, or send it to another device.',
    'no-space': 'Ask the receiver to make room, then send again.',
    'sink-failed': 'Ask the receiver to check the output folder, then send again.',
    'part-changed': 'Ask the receiver to find out what writes to the output folder, then send again.',
    exists: 'Ask the receiver to choose what to do with the file that is there, then send again.',
  },
  receive: {
    'wrong-code': 'Ask the sender for the new code; a code works for one attempt.',
    declined: 'Nothing was written, and the sender was told.',
    discarded: 'It cannot be resumed. Files that are complete stay. Ask the sender to send again.',
    'digest-mismatch': 'Nothing wrong was saved. Ask the sender to send it again.',
    'limit-exceeded': 'Ask the sender for less at a time.',
    'source-unreadable': 'Ask the sender to check it, and to send again.',
    'source-changed': 'Ask the sender to send it again when nothing writes to it.',
    incomplete: 'The others are complete. Ask the sender to send the missing ones again.',
  },
};

/** The next step of a person at one side. */
export function nextStepOf(code: ErrorCode, side: Side): string {
  return NEXT_OF_SIDE[side][code] ?? ERROR_TABLE[code].next;
}
