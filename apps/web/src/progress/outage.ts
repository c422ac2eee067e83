// A missing connection in words: who is missing, since when, until when, and what is left to do when the time is over.
import type { ErrorCode, Side } from '@p2p-copy/core';
import { device } from '../capabilities/device.svelte.ts';
import { formatClock } from '../format/quantities.ts';
import type { Problem } from '../i18n/problem-words.ts';
import { spoken } from '../i18n/spoken.svelte.ts';

/** A connection that is missing, by the wall clock. */
export interface MissingConnection {
  missing: 'relay' | 'peer';
  sinceMs: number;
  untilMs: number;
  /** Whether there has been none yet. */
  isFirst: boolean;
  /** Whether only what runs at the other side can go on. */
  isPeerOnce: boolean;
  /** Whether it has lasted long enough to say who is missing. */
  isLong: boolean;
}

/** Ends of which the outage before them tells more than their own sentence. */
export const OUTAGES: ReadonlySet<ErrorCode> = new Set([
  'relay-unreachable',
  'connection-lost',
  'peer-gone',
  'peer-silent',
  'sender-away',
]);

/** @param isKept whether what has arrived outlives this tab */
export function outageInWords(
  outage: MissingConnection,
  isKept: boolean,
): { title: string; details: string } {
  const words = spoken.words.outage;
  const { sinceMs, untilMs, missing, isPeerOnce } = outage;
  const ofPeer = isPeerOnce ? words.peerOnceDetails : words.peerDetails;
  const tell = missing === 'peer' && !device.isOffline ? ofPeer : words.relayDetails;
  const details = tell(formatClock(sinceMs), formatClock(untilMs));
  return { title: titleOf(outage), details: isKept && !isPeerOnce ? `${details} ${words.kept}` : details };
}

function titleOf({ missing, isFirst, isLong }: MissingConnection): string {
  const words = spoken.words.outage;
  if (device.isOffline) return words.offline;
  if (!isLong) return isFirst ? words.connecting : words.reconnecting;
  return missing === 'peer' ? words.peer : words.relay;
}

/** What a person reads when the time is over. @param hasBegun whether anything was accepted */
export function outageEnded(
  { missing, sinceMs }: MissingConnection,
  side: Side,
  { hasBegun, isResumable }: { hasBegun: boolean; isResumable: boolean },
): Problem {
  const words = spoken.words.outage;
  const since = formatClock(sinceMs);
  if (missing === 'relay') {
    const sentence = device.isOffline ? words.offlineEnded(since) : words.relayEnded(since);
    if (isResumable) return { sentence, next: words.relayResume };
    if (side === 'send') return { sentence, next: words.relayAgain };
    // A code that was used can't be entered again.
    return { sentence, next: hasBegun ? words.senderLost : words.relayJoin };
  }
  const sentence = words.peerEnded(since);
  if (side === 'send') return { sentence, next: isResumable ? words.receiverResume : words.receiverAgain };
  if (!isResumable) return { sentence, next: hasBegun ? words.senderLost : words.senderAgain };
  return { sentence, next: words.senderResume };
}
