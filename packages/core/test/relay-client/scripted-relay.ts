// A relay of which a test says what it answers, at each address. It notes who came, with which words.
import type { DialOptions, DialRelay, RelaySocket, SocketEvent } from '../../src/ports/relay-socket.ts';
import { AccessProofs } from '../../src/relay-client/access-proofs.ts';
import type { PairingAccess } from '../../src/relay-client/meet-relay.ts';
import { realClock } from '../transfer/rig/run-pair.ts';

export interface Visit {
  url: string;
  options: DialOptions;
  /** First message. */
  said: Record<string, unknown>;
  isOpen: boolean;
}

/** A text message, or a close code; null for silence. */
export type Answer = object | number | null;

export function scriptedRelay(
  answer: (visit: Visit, count: number) => Answer[],
  access: Partial<PairingAccess> & { address?: string } = {},
) {
  const visits: Visit[] = [];
  const dial: DialRelay = async (url, _signal, options = {}) => {
    const visit: Visit = { url, options, said: {}, isOpen: true };
    const events: SocketEvent[] = [];
    let wake = () => {};
    const close = (code: number) => {
      if (visit.isOpen) events.push({ kind: 'closed', code, reason: '', allWritten: true });
      visit.isOpen = false;
      wake();
    };
    const socket: RelaySocket = {
      ...(access.address !== undefined && { address: access.address }),
      bufferedBytes: 0,
      drained: async () => {},
      send(message) {
        if (typeof message !== 'string') return;
        visit.said = JSON.parse(message);
        for (const said of answer(visit, visits.push(visit) - 1)) {
          if (typeof said === 'number') close(said);
          else if (said !== null) events.push({ kind: 'text', text: JSON.stringify(said) });
        }
      },
      async receive() {
        while (events.length === 0) await new Promise<void>((resolve) => (wake = resolve));
        return events.length === 1 && !visit.isOpen ? events[0]! : events.shift()!;
      },
      close: () => close(1000),
      terminate: () => close(1006),
    };
    return socket;
  };
  const whole: PairingAccess = {
    dial,
    clock: realClock,
    relayUrl: 'https://relay.example',
    signal: new AbortController().signal,
    proofs: new AccessProofs(() => null),
    onStunUrl: () => {},
    ...access,
  };
  return { access: whole, visits };
}
