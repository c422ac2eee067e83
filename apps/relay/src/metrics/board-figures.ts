// Figures that are counted when they are asked for, by looking at each connection, so that nothing on a byte's way counts.
import { InvariantError } from '@p2p-copy/core/foundation';
import type { Connection, Phase } from '../sockets/connection.ts';
import type { Board } from './relay-state.ts';
import type { PairingTimes } from './stats.ts';

export type PhaseName = Phase['name'];

/** WebSockets by phase. */
export function connectionsByPhase({ connections }: Board): Record<PhaseName, number> {
  const counts = { greeting: 0, waiting: 0, paired: 0, leaving: 0 };
  for (const { phase } of connections) counts[phase.name] += 1;
  return counts;
}

/** Bytes of messages passed on so far, by pairs that have ended and by those that run. */
export function passedBytes({ connections, stats }: Board): { toReceiver: number; toSender: number } {
  let { toReceiver, toSender } = stats.endedBytes;
  for (const { phase } of connections) {
    if (phase.name !== 'paired' || phase.role !== 'sender') continue;
    toReceiver += phase.pipe.toReceiver.passedBytes;
    toSender += phase.pipe.toSender.passedBytes;
  }
  return { toReceiver, toSender };
}

/** How long it took to pair two that wait until now. */
export function pairingTimes(sender: Connection, receiver: Connection, nowMs: number): PairingTimes {
  const [first, last] = seatedMs(sender) <= seatedMs(receiver) ? [sender, receiver] : [receiver, sender];
  return { waitedMs: nowMs - seatedMs(first), pairingMs: nowMs - last.openedMs };
}

function seatedMs({ phase }: Connection): number {
  if (phase.name !== 'waiting') throw new InvariantError('paired without having waited');
  return phase.sinceMs;
}
