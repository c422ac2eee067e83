// The relay as a rendezvous: what an app composes from a platform's WebSocket. docs/PROTOCOL.md section 4.

import type { Clock } from '../foundation/clock.ts';
import { TransferError } from '../foundation/errors.ts';
import type { Channel } from '../ports/channel.ts';
import type { DialRelay } from '../ports/relay-socket.ts';
import type { RendezvousAt } from '../ports/rendezvous.ts';
import { AccessProofs } from './access-proofs.ts';
import { allocateNameplate } from './allocate-nameplate.ts';
import type { AnnouncedSocket } from './announced-socket.ts';
import { announce, awaitReady, awaitReadyInTime, type PairingAccess } from './meet-relay.ts';
import { RelayChannel } from './relay-channel.ts';
import { RelayNameplate } from './relay-nameplate.ts';

/**
 * Ends meet at a relay, and their channels pass through it.
 * @param tokenFor the access token for relays of an origin, such as `https://relay.example`; null for none
 */
export function relayRendezvous(
  dial: DialRelay,
  clock: Clock,
  tokenFor: (origin: string) => string | null = () => null,
): RendezvousAt {
  return (relayUrl) => {
    const proofs = new AccessProofs(tokenFor);
    let stunUrl: string | null = null;
    const onStunUrl = (told: string | null) => {
      stunUrl = told;
    };
    const accessUntil = (signal: AbortSignal): PairingAccess => ({
      ...{ dial, clock, relayUrl, signal },
      ...{ proofs, onStunUrl },
    });
    return {
      get stunUrl() {
        return stunUrl;
      },
      async meet(key, role, signal, onWaiting = () => {}) {
        const access = accessUntil(signal);
        const socket = await announce(access, { type: 'hello', role, key, token: null });
        onWaiting();
        return pairedChannel(socket, signal, (announced) => awaitReady(access, announced));
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
  socket: AnnouncedSocket,
  signal: AbortSignal,
  paired: (socket: AnnouncedSocket) => Promise<void>,
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
