// What a person can do about an error, where the engine's table can't know at which end they sit.
import type { ErrorCode, TransferError } from '../library/public-types.ts';
import type { Side } from './exit-codes.ts';

/** One or two sentences. */
export function nextStep(error: TransferError, side: Side): string {
  return STEPS[side][error.code] ?? error.next;
}

const STEPS: Record<Side, Partial<Record<ErrorCode, string>>> = {
  send: {
    'bad-code':
      'Choose at least 6 characters, such as guitar-ocean, or leave --code out to get a random code.',
    'nothing-to-send': 'Name a file or folder, - for standard input, or --text; see p2p-copy send --help.',
    'relay-unreachable': 'Check --relay and your connection. To start a relay here: p2p-copy relay.',
    'path-refused': 'Rename it, and send again.',
    'name-impossible': 'Rename it, or send it to another device.',
    'no-space': 'Ask the receiver to make room, then send again.',
    'sink-failed': 'Ask the receiver to check the output folder, then send again.',
    exists: 'Ask the receiver to choose what to do with the file that is there, then send again.',
    interrupted: 'The other side was told. Run the same command to start again.',
  },
  receive: {
    'relay-unreachable': 'Check --relay and your connection: it must be the relay that the sender uses.',
    'wrong-code': 'Ask the sender for the new code; a code works for one attempt.',
    'unknown-code':
      'Compare it with the sender’s screen, check that both use the same relay, or ask for a new code.',
    declined: 'Nothing was written, and the sender was told.',
    'no-space': 'Make room or choose another folder with --out, then ask the sender to send again.',
    'sink-failed': 'Check the folder and its permissions or choose another with --out, then receive again.',
    exists: 'Move it away, or choose --overwrite rename or --overwrite skip.',
    'path-refused': 'Nothing was written there. If the sender chose the name, ask them to rename it.',
    'source-unreadable': 'Ask the sender to check it, and to send again.',
    'source-changed': 'Ask the sender to send it again when nothing writes to it.',
    incomplete: 'The others are complete. Ask the sender to send the missing ones again.',
    interrupted: 'The sender was told. Unfinished files are kept as .part files.',
  },
};
