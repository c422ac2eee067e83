// Every way a transfer can end other than well: the one table of codes. docs/PROTOCOL.md section 13 prints it; a test
// compares.

import { DEVICE_ERRORS } from './device-errors.ts';
import { type ErrorRow, row } from './error-row.ts';
import { LIMIT_ERRORS } from './limit-errors.ts';
import { RELAY_ERRORS } from './relay-errors.ts';

/** Every way a transfer can end other than well. */
export const ERROR_TABLE = {
  // Before the two ends have met.
  ...RELAY_ERRORS,
  ...LIMIT_ERRORS,
  'unknown-code': row(
    null,
    'person',
    false,
    'There is no such code: it was mistyped, is used up, or has expired.',
    'Compare it with the sender’s screen, or ask for a new code.',
  ),
  'code-in-use': row(
    null,
    'person',
    true,
    'Someone has already opened this code, or its sender is away at the moment.',
    'Try again in a moment, or ask the sender for a new code.',
  ),
  'sender-away': row(
    null,
    'peer',
    true,
    'The sender of this code is not connected at the moment.',
    'Ask them whether their p2p-copy still waits, then try again.',
  ),
  'code-taken': row(
    null,
    'person',
    true,
    'That code’s number is in use on this relay.',
    'Choose another number, or leave it out to get a free one.',
  ),
  'bad-code': row(
    null,
    'person',
    false,
    'That is not a p2p-copy code.',
    'A code is a number and words, such as 7-guitar-ocean.',
  ),
  'wait-expired': row(
    null,
    'peer',
    true,
    'Nobody came in time.',
    'Start again when the other side is ready.',
  ),
  // While they prove that they hold the same code.
  'wrong-code': row(
    20,
    'person',
    false,
    'The words of the code are wrong, or someone guessed. Do not use that code again.',
    'Use a new code.',
  ),
  'possible-guess': row(
    null,
    'network',
    true,
    'Nobody answered for the sender after the code’s words were confirmed here: the connection was lost, or someone in between made one guess at the code.',
    'Ask the sender whether this code still waits there before you try it again. If this comes again, use a new code.',
  ),
  'code-spent': row(
    null,
    'network',
    false,
    'This code was confirmed here three times without an answer, so it is not used again: someone may be guessing it.',
    'Ask the sender for a new code, and use another relay or network if it happens again.',
  ),
  'code-disturbed': row(
    null,
    'network',
    false,
    'Others joined with this code and left in the middle of it too often, so it is no longer offered.',
    'Nothing was sent. Send again for a new code, and use another relay or network if it happens again.',
  ),
  ...DEVICE_ERRORS,
  'peer-version': row(
    21,
    'peer',
    false,
    'The other side speaks another version of p2p-copy.',
    'Update p2p-copy on both sides.',
  ),
  'peer-outdated': row(
    22,
    'peer',
    false,
    'The other side needs a newer version of p2p-copy for this.',
    'Update p2p-copy on the other side, and start again.',
  ),
  'update-needed': row(
    null,
    'local',
    false,
    'The other side uses something that this version of p2p-copy does not know.',
    'Update p2p-copy here, and start again.',
  ),
  'load-failed': row(
    null,
    'local',
    true,
    'A part of p2p-copy that this needs could not be loaded.',
    'Start p2p-copy again.',
  ),
  // Deliberate endings.
  declined: row(
    10,
    'person',
    false,
    'The other side declined.',
    'Nothing was sent. Ask them, and send again.',
  ),
  cancelled: row(
    11,
    'person',
    true,
    'The other side cancelled.',
    'Nothing that arrived is lost. Start again when both are ready.',
  ),
  stopped: row(
    12,
    'person',
    true,
    'The other side stopped, and keeps what it takes to go on.',
    'What has arrived is kept. Go on when both are ready.',
  ),
  discarded: row(
    13,
    'person',
    false,
    'The other side stopped this transfer for good.',
    'It cannot be resumed. Ask them, and send again.',
  ),
  interrupted: row(
    null,
    'person',
    true,
    'Interrupted.',
    'What has arrived is kept. Start again when you are ready.',
  ),
  // In a running transfer.
  'peer-gone': row(
    null,
    'peer',
    true,
    'The connection to the other side was lost.',
    'What has arrived is kept. Start again when both are online.',
  ),
  'connection-lost': row(
    null,
    'network',
    true,
    'The connection to the relay was lost.',
    'What has arrived is kept. Check your connection and start again.',
  ),
  'peer-silent': row(
    33,
    'peer',
    true,
    'The other side stopped answering.',
    'What has arrived is kept. Start again when both are online.',
  ),
  'protocol-violation': row(
    30,
    'peer',
    false,
    'The other side sent something that is not p2p-copy’s protocol.',
    'Update p2p-copy on both sides. If it happens again, do not trust that side.',
  ),
  'authentication-failed': row(
    31,
    'network',
    true,
    'Something on the way changed the data. The transfer was stopped.',
    'Nothing wrong was saved. Start again, if need be over another relay.',
  ),
  'digest-mismatch': row(
    32,
    'peer',
    true,
    'A file did not match what the sender read.',
    'Nothing wrong was saved. Send it again.',
  ),
  'no-direct-path': row(
    35,
    'network',
    true,
    'No direct path to the other side was found, and one side takes no other.',
    'Start again, and let both sides take the relay.',
  ),
  'no-quic': row(
    null,
    'local',
    false,
    'QUIC alone is wanted, and the package for it is not installed on this device, or doesn’t run on it.',
    'Install p2p-copy with its optional packages, or choose another path, such as auto.',
  ),
  unconfirmed: row(
    null,
    'peer',
    true,
    'Every file was delivered, but the other side’s confirmation did not come.',
    'Probably all is there: ask the other side, or resume there.',
  ),
  'limit-exceeded': row(
    34,
    'peer',
    false,
    'More was offered or sent than p2p-copy, or the receiver, accepts at once.',
    'Send less at a time.',
  ),
  // Files of the sender.
  'source-unreadable': row(
    40,
    'local',
    false,
    'A file cannot be read.',
    'Check that it exists and that you may read it, then send again.',
  ),
  'source-changed': row(
    41,
    'local',
    true,
    'A file changed while it was being sent, so it was not delivered.',
    'Send it again when nothing writes to it.',
  ),
  incomplete: row(
    42,
    'local',
    true,
    'Some files were not delivered.',
    'The others are complete. Send the missing ones again.',
  ),
  'nothing-to-send': row(
    null,
    'local',
    false,
    'There is nothing to send.',
    'Name a file or folder, or give a text.',
  ),
  // Disk of the receiver.
  'path-refused': row(
    50,
    'peer',
    false,
    'A name in the offer is not safe to write on the receiving device.',
    'Nothing was written. Ask the sender to rename it.',
  ),
  'name-impossible': row(
    51,
    'local',
    false,
    'A name in the offer cannot exist on the receiving device.',
    'Ask the sender to rename it, or receive on another device.',
  ),
  'no-space': row(
    52,
    'local',
    true,
    'There is not enough space on the receiving device.',
    'Make room there and start again.',
  ),
  'sink-failed': row(
    53,
    'local',
    true,
    'The receiving device could not write a file.',
    'Check the folder and its permissions, then start again.',
  ),
  'part-changed': row(
    55,
    'local',
    true,
    'Another program changed a file at the receiving device before it was complete.',
    'It was not saved under its name. Find out what writes to the output folder, then start again.',
  ),
  exists: row(
    54,
    'local',
    false,
    'A file of that name is already there.',
    'Choose what to do with it: skip, rename or overwrite.',
  ),
} as const satisfies Record<string, ErrorRow>;

/** Why a transfer failed: the names of the table’s rows. */
export type ErrorCode = keyof typeof ERROR_TABLE;
