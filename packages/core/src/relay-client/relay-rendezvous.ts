// The relay as a rendezvous: what an app composes from a platform's WebSocket. docs/PROTOCOL.md section 4.

import type { Clock } from '../foundation/clock.ts';
import { TransferError } from '../foundation/errors.ts';
import type { Channel } from '../ports/channel.ts';
import type { DialRelay, RelaySocket } from '../ports/relay-socket.ts';
import type { RendezvousAt } from '../ports/rendezvous.ts';
import { allocateNameplate } from './allocate-nameplate.ts';
import { announce, awaitReady, awaitReadyInTime, type RelayAccess } from './meet-relay.ts';
import { RelayChannel } from './relay-channel.ts';
import { RelayNameplate } from './relay-nameplate.ts';

/** Ends meet at a relay, and their channels pass through it. */
export function relayRendezvous(dial: DialRelay, clock: Clock): RendezvousAt {
  return (relayUrl) => {
    const accessUntil = (signal: AbortSignal): RelayAccess => ({ dial, clock, relayUrl, signal });
    return {
      async meet(key, role, signal) {
        const socket = await announce(accessUntil(signal), { type: 'hello', role, key, token: null });
        return pairedChannel(socket, signal, awaitReady);
      },
      nameplates: {
        async allocate(chosen, signal) {
          const access = accessUntil(signal);
          const allocation = await allocateNameplate(access, chosen);
          if (!signal.aborted) return new RelayNameplate(access, allocation);
          allocation.socket.terminate();
          throw new TransferError('interrupted');
        },
        async join(nameplate, signal) {
          const access = accessUntil(signal);
          const hello = { type: 'hello', role: 'receiver', key: nameplate, token: null } as const;
          const socket = await announce(access, hello);
          return pairedChannel(socket, signal, (announced) => awaitReadyInTime(access, announced));
        },
      },
    };
  };
}

/** The channel once the relay has paired the socket, which is dropped on errors and when `signal` is aborted. */
async function pairedChannel(
  socket: RelaySocket,
  signal: AbortSignal,
  paired: (socket: RelaySocket) => Promise<void>,
): Promise<Channel> {
  const giveUp = () => socket.terminate();
  signal.addEventListener('abort', giveUp, { once: true });
  if (signal.aborted) giveUp();
  try {
    await paired(socket);
    return new RelayChannel(socket);
  } catch (error) {
    socket.terminate();
    throw error;
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}
