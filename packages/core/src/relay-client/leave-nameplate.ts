// The orderly end of a sender's connection under a nameplate, by which the relay forgets it. docs/PROTOCOL.md section 4.
import type { Clock } from '../foundation/clock.ts';
import type { RelaySocket } from '../ports/relay-socket.ts';
import { CLEAN_CLOSE_CODES } from '../relay-protocol/constants.ts';

/** How long the last messages may take to leave before the connection is dropped, in ms. */
const CLOSE_DEADLINE_MS = 3_000;

/** Whether a connection with that close code was ended by this end, or as orderly by the other. */
export function isCleanClose(code: number): boolean {
  return CLEAN_CLOSE_CODES.includes(code);
}

/**
 * Closes the connection after what is queued. Resolves with whether the relay has heard all of it: not where the connection was lost,
 * nor where somebody joined a sender that waits just when it left. Never rejects.
 */
export async function leaveNameplate(
  socket: RelaySocket,
  clock: Clock,
  { isJoined }: { isJoined: boolean },
): Promise<boolean> {
  let wasJoined = false;
  socket.close();
  const cancel = clock.after(CLOSE_DEADLINE_MS, () => socket.terminate());
  try {
    for (;;) {
      const event = await socket.receive();
      if (event.kind === 'closed') return isCleanClose(event.code) && (isJoined || !wasJoined);
      wasJoined = true;
    }
  } catch {
    // A redirect that comes now isn't followed.
    return false;
  } finally {
    cancel();
    socket.terminate();
  }
}
