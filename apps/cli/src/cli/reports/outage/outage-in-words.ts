// The sentences about a connection that is missing: who is missing, until when they are sought, and what that means for what was
// begun. Each is true when it is said.
import type { Outage } from '@p2p-copy/core';
import type { Side } from '../../terminal/exit-codes.ts';

export type Missing = Outage['missing'];

/** How far a transfer is, for what may be said of an outage. */
export type Phase =
  /** No code yet, or at a receiver: nobody was joined yet. */
  | 'start'
  /** The code is on the screen. */
  | 'code'
  /** The ends prove that they have the same code. */
  | 'proving'
  /** The other side of a transfer that is resumed wasn't met yet. */
  | 'resuming'
  /** Nothing is accepted yet. */
  | 'review'
  /** Content moves. */
  | 'running';

/** What there is to know of an outage. */
export interface OutageFacts {
  side: Side;
  phase: Phase;
  /** ` at “copy.example.org”`, or '' where the relay isn't known. */
  relay: string;
  /** Whether it can't go on once the other side's process has ended, as where it comes or goes through a pipe. */
  isOnce: boolean;
  /** `14:32`. */
  until: string;
}

/** The first line. */
export function outageInWords(missing: Missing, facts: OutageFacts): string {
  return missing === 'relay' ? withoutRelay(facts) : withoutPeer(facts);
}

/** The line when something else is missing than was. */
export function changedOutageInWords(missing: Missing, { side, until }: OutageFacts): string {
  return missing === 'relay'
    ? `The relay cannot be reached either. Trying until ${until}; Ctrl-C stops.`
    : `The relay can be reached again; ${NAMES[side]} is not there yet. Waiting until ${until}; Ctrl-C stops.`;
}

/** The line after some time without the other side, at `since`. @param newCode how another code for the same files is made */
export function awayInWords(
  { side, phase, isOnce, until }: OutageFacts,
  since: string,
  newCode: string,
): string {
  const fact =
    side === 'send'
      ? `The other side has been away since ${since}.`
      : `The sender is not there at the moment, since ${since}.`;
  const stopped = isOnce
    ? ' It goes on only if p2p-copy still runs there; started anew, it cannot.'
    : ' If it was stopped there, it can be resumed there: by p2p-copy resume, or by opening the page again.';
  const hope = phase === 'proving' ? '' : stopped;
  const code = newCode === '' ? '' : ` ${newCode}`;
  return `${fact}${hope}\nWaiting until ${until}; Ctrl-C stops.${code}`;
}

/** The end of an outage. @param restarted whether the other side was started anew */
export function foundInWords(restarted: boolean, phase: Phase): string {
  if (restarted) {
    const what = phase === 'running' ? ' Comparing what it has.' : '';
    return `Connected again with the other side, which was restarted.${what}`;
  }
  if (phase === 'code') return 'Connected again. Waiting for the other side under the same code.';
  return phase === 'start' ? 'The relay is there.' : 'Connected again.';
}

/** The end of a search in vain. */
export function soughtInVain(side: Side, since: string): string {
  const name = NAMES[side];
  return `${name[0]!.toUpperCase()}${name.slice(1)} did not come back; the connection was lost at ${since}.`;
}

const NAMES: Record<Side, string> = { send: 'the other side', receive: 'the sender' };

function withoutRelay({ phase, relay, isOnce, until }: OutageFacts): string {
  switch (phase) {
    case 'start':
    case 'resuming':
      return `The relay${relay} cannot be reached. Trying again until ${until}; Ctrl-C stops.`;
    case 'code':
      return `The connection to the relay is lost. Reconnecting until ${until}; the code stays the same unless a new one is shown.`;
    case 'proving':
      return `The connection to the relay is lost. Joining again until ${until}; Ctrl-C stops.`;
    case 'review':
      return `The connection to the relay is lost. Reconnecting until ${until}; nothing is accepted yet, and Ctrl-C stops.`;
    case 'running':
      return `The connection to the relay is lost. Reconnecting until ${until}; ${hopeOf(isOnce)}, and Ctrl-C stops.`;
  }
}

function withoutPeer({ side, phase, isOnce, until }: OutageFacts): string {
  const name = NAMES[side];
  switch (phase) {
    case 'start':
      return `The sender of this code is not connected at the moment. Waiting for them until ${until}; Ctrl-C stops.`;
    case 'code':
    case 'resuming':
      return `Looking for ${name} until ${until}; Ctrl-C stops.`;
    case 'proving':
      return `The connection to ${name} is lost. Joining again until ${until}; Ctrl-C stops.`;
    case 'review':
      return `The connection to ${name} is lost. Reconnecting until ${until}; nothing is accepted yet, and Ctrl-C stops.`;
    case 'running':
      return `The connection to ${name} is lost. Reconnecting until ${until}; ${hopeOf(isOnce)}, and Ctrl-C stops.`;
  }
}

function hopeOf(isOnce: boolean): string {
  return isOnce ? 'it goes on from there if they still run' : 'nothing is lost';
}
