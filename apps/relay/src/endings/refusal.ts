// Which endings are refusals: someone asked for something and didn't get it. What operators count and alert on.
import type { ClassicCloseName } from './classic-codes.ts';
import { type Ending, OWN_ENDINGS } from './ending.ts';

/** Refusals that no ending of a WebSocket tells. */
const EARLY_REFUSALS = {
  'tcp-cap': 'A TCP connection over the caps, cut without an answer.',
  blocked: 'A TCP connection or a WebSocket of a blocked network.',
  origin: 'A WebSocket of a web page that may not connect.',
  'no-such-path': 'A WebSocket at a path that the relay does not speak at.',
  'room-full': 'A device at a room that has as many members as it may.',
  'places-full': 'A device at a room, where the relay or the address has no place left.',
  'slow-member': 'A device in a room that did not take what waited for it.',
  draining: 'A WebSocket while the relay shuts down.',
} as const;

export type RefusalReason = Ending | keyof typeof EARLY_REFUSALS;

/** Ends of what went well, or of what the other end did. */
const ORDINARY: ReadonlySet<Ending> = new Set<Ending>(['peer-left', 'replaced', 'wait-expired']);

/** Whether an ending of the Python tool's dialect is a refusal. Its codes are loaded with the dialect only. */
const CLASSIC: Readonly<Record<ClassicCloseName, boolean>> = {
  'classic-binary-hello': true,
  'classic-bad-json': true,
  'classic-no-hello': true,
  'classic-bad-hello': true,
  'classic-hello-timeout': true,
  'classic-token-needed': true,
  'classic-too-early': true,
  'classic-duplicate-role': true,
  'classic-rate-limited': true,
  'classic-relay-full': true,
  'classic-transfer-limit': true,
  'classic-day-limit': true,
  'classic-time-limit': true,
  'classic-idle-limit': true,
  'classic-peer-finished': false,
  'classic-peer-lost': false,
};

const ENDINGS = [...Object.keys(OWN_ENDINGS), ...Object.keys(CLASSIC)] as readonly Ending[];

/** An ending is a refusal unless it is known not to be one, so that a new one is counted. */
export function isRefusal(ending: Ending): boolean {
  return ending in CLASSIC ? CLASSIC[ending as ClassicCloseName] : !ORDINARY.has(ending);
}

/** All of them, so that a count which is still 0 is told too. */
export const REFUSAL_REASONS: readonly RefusalReason[] = [
  ...ENDINGS.filter(isRefusal),
  ...(Object.keys(EARLY_REFUSALS) as (keyof typeof EARLY_REFUSALS)[]),
];

export const ORDINARY_ENDINGS: readonly Ending[] = ENDINGS.filter((ending) => !isRefusal(ending));
