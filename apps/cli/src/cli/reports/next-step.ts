// What a person at a terminal can do about an error: the engine's table of next steps, and where commands and options of ours
// say it better.
import { nextStepOf, STAGED_ENDS } from '@p2p-copy/core';
import type { ErrorCode, TransferError } from '../../library/public-types.ts';
import { adviceOf } from '../../node/disk/disk-error.ts';
import type { Side } from '../terminal/exit-codes.ts';

/** How far a transfer was when it ended. */
export type Stage =
  /** Nothing was accepted. */
  | 'before'
  /** The same, and by a note of the offer it can be resumed. */
  | 'offered'
  /** Content was accepted, and there was never a note by which it could be resumed. */
  | 'begun'
  /** The same, and it went to a stream. */
  | 'streamed'
  /** It was stopped for good, and its note is deleted. */
  | 'dropped'
  /** Nothing was accepted, and `p2p-copy resume` can go on with the review. */
  | 'offered'
  /** `p2p-copy resume` can continue it. */
  | 'kept';

/**
 * One or two sentences.
 * @param isEnded whether the process was ended from outside, so that the other side wasn't told
 */
export function nextStep(
  error: TransferError,
  side: Side,
  { stage = 'before', isEnded = false }: { stage?: Stage; isEnded?: boolean } = {},
): string {
  const { code } = error;
  if (stage === 'offered') return REVIEWING[side];
  if (code === 'interrupted') return stage === 'kept' && isEnded ? RESUME_HERE : STOPPED[side][stage];
  const advice = adviceOf(error);
  if (advice !== null)
    return `${advice}, then ${stage === 'kept' ? 'run p2p-copy resume on both sides; what has arrived is kept' : AGAIN[side]}.`;
  const own = stage === 'kept' ? RESUMING[side][code] : OTHERWISE[side][stage][code];
  return own ?? STEPS[side][code] ?? nextStepOf(code, side);
}

const AGAIN: Record<Side, string> = {
  send: 'run the same command again',
  receive: 'ask the sender to send again',
};

const BOTH_RESUME = 'What has arrived is kept. Run p2p-copy resume on both sides to continue.';
const RESUME_HERE =
  'What has arrived is kept. Run p2p-copy resume to continue; the other side too, unless it still runs.';
/** Its confirmation was under way when this side ended. */
const SENDER_DONE = 'If the sender says that it is done, everything is here: p2p-copy resume --forget.';
const RESUME_ONLINE =
  'What has arrived is kept. Check your connection, then run p2p-copy resume; the other side too, unless it still runs.';

const SEND_AGAIN = 'It cannot be resumed: run the same command to send it again, with another code.';
const PARTS_STAY = 'It cannot be resumed. Unfinished files stay as .p2p.part files.';
const STREAM_BROKEN = 'It cannot be resumed, and what was written is incomplete.';

/** Of a review that was interrupted. */
const REVIEWING: Record<Side, string> = {
  send: 'Nothing was sent. Run p2p-copy resume to offer it again, without a code; the other side too, unless it still runs. Or send again, with another code.',
  receive:
    'Nothing was received. Run p2p-copy resume to see the offer again, without a code; the sender too, unless it still runs.',
};

/** After a stop at this side. */
const STOPPED: Record<Side, Record<Exclude<Stage, 'offered'>, string>> = {
  send: {
    before: 'Nothing was sent. Run the same command to start again.',
    begun: SEND_AGAIN,
    streamed: SEND_AGAIN,
    dropped: SEND_AGAIN,
    kept: BOTH_RESUME,
  },
  receive: {
    before: 'Nothing was received.',
    begun: PARTS_STAY,
    streamed: STREAM_BROKEN,
    dropped: 'It cannot be resumed. Files that are complete stay.',
    kept: BOTH_RESUME,
  },
};

/** One step for all ends that depend on how far it was. */
function sameFor(step: string): Partial<Record<ErrorCode, string>> {
  return Object.fromEntries(STAGED_ENDS.map((code) => [code, step]));
}

/** After an end that came from elsewhere, where nothing is kept of what was accepted. */
const OTHERWISE: Record<
  Side,
  Record<Exclude<Stage, 'kept' | 'offered'>, Partial<Record<ErrorCode, string>>>
> = {
  send: {
    before: sameFor('Nothing was sent. Run the same command to start again.'),
    begun: sameFor(SEND_AGAIN),
    streamed: sameFor(SEND_AGAIN),
    dropped: { discarded: SEND_AGAIN },
  },
  receive: {
    before: sameFor('Nothing was received. Ask the sender for a new code.'),
    begun: sameFor(PARTS_STAY),
    streamed: {
      ...sameFor(STREAM_BROKEN),
      'sink-failed': `${STREAM_BROKEN} Check where the output goes, then ask the sender to send again.`,
      'no-space': 'Make room where the output goes, then ask the sender to send again.',
    },
    dropped: {
      discarded:
        'It cannot be resumed. Unfinished files stay as .p2p.part files: the same files sent again into the same folder go on from them.',
    },
  },
};

const GIVE_TOKEN = 'save it with p2p-copy login URL, or set P2P_COPY_RELAY_TOKEN';
const RESUME_WITH_TOKEN = `What has arrived is kept. Ask whoever runs the relay for a token, ${GIVE_TOKEN}, then run p2p-copy resume.`;

/** Of errors that don't depend on the side. */
const RESUMING_EITHER: Partial<Record<ErrorCode, string>> = {
  cancelled:
    'What has arrived is kept. If they can go on, run p2p-copy resume on both sides; else start again.',
  stopped: BOTH_RESUME,
  'peer-gone': RESUME_HERE,
  'peer-silent': RESUME_HERE,
  'wait-expired': RESUME_HERE,
  'code-in-use': RESUME_HERE,
  'connection-lost': RESUME_ONLINE,
  'relay-unreachable': RESUME_ONLINE,
  'relay-full': RESUME_HERE,
  'relay-token-needed': RESUME_WITH_TOKEN,
  'relay-token-refused': RESUME_WITH_TOKEN,
  'relay-token-expired': RESUME_WITH_TOKEN,
  'part-changed':
    'It was not saved under its name. Find out what writes to the output folder, then run p2p-copy resume on both sides: only what differs is sent again.',
  'digest-mismatch': 'Nothing wrong was saved. Run p2p-copy resume on both sides to get it again.',
};

const RESUMING: Record<Side, Partial<Record<ErrorCode, string>>> = {
  send: {
    ...RESUMING_EITHER,
    unconfirmed:
      'Probably all is there: ask the other side, or run p2p-copy resume there. If all is there: p2p-copy resume --forget.',
    'no-space': 'Ask the receiver to make room, then run p2p-copy resume on both sides.',
    'sink-failed': 'Ask the receiver to check the output folder, then run p2p-copy resume on both sides.',
    'source-changed':
      'When nothing writes to it, run the same command to send it again, or p2p-copy resume on both sides.',
    'source-unreadable':
      'Check that it exists and that you may read it, then run p2p-copy resume; or p2p-copy resume --forget.',
    incomplete: 'The others are complete. Send again, or run p2p-copy resume on both sides.',
  },
  receive: {
    ...RESUMING_EITHER,
    'peer-gone': `${RESUME_HERE} ${SENDER_DONE}`,
    'wait-expired': `${RESUME_HERE} ${SENDER_DONE}`,
    'no-space': 'Make room, then run p2p-copy resume on both sides; what has arrived is kept.',
    'sink-failed': 'Check the folder and its permissions, then run p2p-copy resume on both sides.',
    'source-changed':
      'Ask the sender to send it again when nothing writes to it, or run p2p-copy resume on both sides; on a terminal you are asked about what has grown.',
    'source-unreadable': 'Ask the sender to check it, then run p2p-copy resume on both sides.',
    incomplete:
      'The others are complete. Ask the sender to send again, or run p2p-copy resume on both sides.',
  },
};

const NOT_IN_GROUP =
  'Look at p2p-copy devices; if the two are to be of one group, run p2p-copy pair on both.';

const STEPS: Record<Side, Partial<Record<ErrorCode, string>>> = {
  send: {
    'bad-code':
      'Choose at least 6 characters, such as guitar-ocean, or leave --code out to get a random code.',
    'nothing-to-send': 'Name a file or folder, - for standard input, or --text; see p2p-copy send --help.',
    'relay-unreachable': 'Check --relay and your connection. To start a relay here: p2p-copy relay.',
    'relay-token-needed': `Ask whoever runs the relay for one, and ${GIVE_TOKEN}.`,
    'relay-token-refused': `Check that it is the whole token and for this relay, or ask whoever runs it for a new one, and ${GIVE_TOKEN}.`,
    'relay-token-expired': `Ask whoever runs the relay for a new one, and ${GIVE_TOKEN}.`,
    'wrong-code': 'Nothing was sent. Run the same command to start again, with another code.',
    'not-in-group': NOT_IN_GROUP,
    'device-away':
      'Run p2p-copy receive --from any there, then send again; with --wait 1h it is waited for here.',
    'device-idle': 'Nothing was sent. Run p2p-copy receive --from any there, then send again.',
    'device-busy': 'Nothing was sent. Run the same command again when it is done.',
  },
  receive: {
    'not-in-group': NOT_IN_GROUP,
    'relay-unreachable': 'Check --relay and your connection: it must be the relay that the sender uses.',
    'unknown-code':
      'Compare it with the sender’s screen, check that both use the same relay, or ask for a new code.',
    'limit-exceeded':
      'Ask the sender for less at a time. What has no known size, such as a pipe, may come to what --max-size says.',
    'no-space': 'Make room or choose another folder with --out, then ask the sender to send again.',
    'sink-failed': 'Check the folder and its permissions or choose another with --out, then receive again.',
    exists: 'Move it away, or choose --overwrite rename or --overwrite skip.',
    'path-refused':
      'Nothing was written there. If the sender chose the name, ask them to rename it; --allow-risky takes names that could change settings.',
  },
};
