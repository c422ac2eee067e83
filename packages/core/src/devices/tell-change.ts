// Tells the devices of a group that are there of a change which this one has made, before it goes on to other rooms.
// docs/PROTOCOL.md section 20.
import { pause } from '../async/seek.ts';
import { withTimeLimit } from '../async/time-limit.ts';
import { hexOf } from '../foundation/bytes.ts';
import type { Clock } from '../foundation/clock.ts';
import type { OwnGroup } from '../group/own-group.ts';
import { TELL_CHANGE_MS } from '../wire/limits.ts';
import type { DeviceSessions, Other } from './device-sessions.ts';
import type { ChangeTold } from './group-events.ts';
import type { RoomVisit } from './room-visit.ts';

/** Before a device is asked again: another sync with it may have gone on, or another of its processes may answer. */
const AGAIN_MS = 2_000;

/** Whom to tell, and how. */
export interface TellOptions {
  /** The rooms in which this device is, the present one among them. */
  visits: readonly RoomVisit[];
  sessions: DeviceSessions;
  /** As it is now. */
  group: OwnGroup;
  clock: Clock;
  /** Aborting ends it. */
  signal: AbortSignal;
  /** Aborted when this device leaves the rooms. */
  ending: AbortSignal;
}

/**
 * Tells each device by itself, so that one which never comes keeps no other one from hearing. Resolves when all have heard, after
 * `TELL_CHANGE_MS`, or when the signal is aborted.
 */
export async function tellChange({
  visits,
  sessions,
  group,
  clock,
  signal,
  ending,
}: TellOptions): Promise<ChangeTold> {
  // A sync may bring a later change meanwhile.
  const { head } = group.chain;
  const hasHeard = (key: string) => sessions.hasHeard(key, head);
  const isMember = (key: string) => group.chain.members.has(key);
  const there = [...new Set(visits.flatMap(({ presence }) => presence.there.map(keyOf)))];
  // Who was removed comes last.
  const keys = [...there.filter(isMember), ...there.filter((key) => !isMember(key))];
  await withTimeLimit(
    async (until) => {
      const telling = keys.map((key) => tell(key, { visits, sessions, clock, until, hasHeard }));
      await Promise.race([Promise.all(telling), aborted(until)]);
    },
    { clock, signal, also: ending, limitMs: TELL_CHANGE_MS },
  );
  const others = [...group.chain.members.keys()].filter((key) => key !== hexOf(group.publicKey));
  const all = [...new Set([...others, ...there])];
  return { told: new Set(all.filter(hasHeard)), untold: new Set(all.filter((key) => !hasHeard(key))) };
}

interface Telling extends Pick<TellOptions, 'visits' | 'sessions' | 'clock'> {
  until: AbortSignal;
  /** It may have asked by itself meanwhile. */
  hasHeard(key: string): boolean;
}

/** Resolves once a device has heard or gone, or the time is over. */
async function tell(key: string, { visits, sessions, clock, until, hasHeard }: Telling): Promise<void> {
  for (let tries = 0; !until.aborted && !hasHeard(key); tries += 1) {
    if (tries > 0) await pause(AGAIN_MS, clock, until);
    const entries = entriesOf(visits, key);
    if (entries.length === 0 || hasHeard(key)) return;
    // One entry at a time: one may be of a process that was killed a moment ago.
    await sessions.syncWith(entries[tries % entries.length]!, until);
  }
}

function entriesOf(visits: readonly RoomVisit[], key: string): Other[] {
  return visits.flatMap((visit) =>
    visit.presence.there.filter((member) => keyOf(member) === key).map((member) => ({ visit, member })),
  );
}

const keyOf = ({ card }: Other['member']): string => hexOf(card.publicKey);

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
