// The orderly end of a channel on which nobody receives any more.

import type { Clock } from '../foundation/clock.ts';
import type { Channel } from './channel.ts';

/** How long the last messages may take to leave before the channel is dropped. */
const CLOSE_DEADLINE_MS = 3_000;

/** Closes a channel after what is queued, and resolves when it has ended. Messages that still arrive are dropped. */
export async function closeChannel(channel: Channel, clock: Clock): Promise<void> {
  channel.close();
  const cancel = clock.after(CLOSE_DEADLINE_MS, () => channel.terminate());
  while ((await channel.receive()).kind !== 'closed');
  cancel();
  channel.terminate();
}
