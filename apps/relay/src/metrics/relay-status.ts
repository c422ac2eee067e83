// What `p2p-copy relay status` shows of a running relay, as plain data.
import { RELAY_VERSION } from '../foundation/version.ts';
import { connectionsByPhase, type PhaseName, passedBytes } from './board-figures.ts';
import { congestionControl } from './congestion-control.ts';
import { memoryOfProcess, openDescriptors } from './process-figures.ts';
import type { Board, Caps, Presence } from './relay-state.ts';

/** As `/status` of the admin address tells it. */
export interface RelayStatus {
  readonly version: string;
  /** `draining`: it shuts down, and takes nobody new. */
  readonly state: 'ready' | 'draining';
  readonly uptimeSeconds: number;
  readonly connections: Readonly<Record<PhaseName, number>>;
  readonly maxConnections: number;
  /** Keys that ends wait under, and numbers reserved. */
  readonly keys: number;
  readonly maxKeys: number;
  readonly pairs: number;
  /** Devices that are present in rooms. */
  readonly rooms: {
    readonly connections: number;
    readonly rooms: number;
    readonly places: number;
    readonly maxPlaces: number;
  };
  readonly passedBytes: { readonly toReceiver: number; readonly toSender: number };
  /** By reason; those that are 0 are left out. */
  readonly refusals: Readonly<Record<string, number>>;
  readonly faults: number;
  /** Null where the system can't be asked. */
  readonly memoryBytes: number | null;
  readonly openDescriptors: number | null;
  readonly maxDescriptors: number | null;
  readonly congestionControl: string | null;
}

export async function relayStatus(board: Board, presence: Presence, caps: Caps): Promise<RelayStatus> {
  return {
    version: RELAY_VERSION,
    state: board.isDraining ? 'draining' : 'ready',
    uptimeSeconds: Math.floor(process.uptime()),
    connections: connectionsByPhase(board),
    maxConnections: caps.config.maxConnections,
    keys: board.occupied,
    maxKeys: caps.config.maxWaiting,
    pairs: board.pairs,
    rooms: {
      connections: presence.connections,
      rooms: presence.rooms,
      places: presence.places,
      maxPlaces: caps.config.maxPlaces,
    },
    passedBytes: passedBytes(board),
    refusals: Object.fromEntries(board.stats.refusals),
    faults: board.stats.faults,
    memoryBytes: memoryOfProcess()?.rss ?? null,
    openDescriptors: await openDescriptors(),
    maxDescriptors: caps.descriptors,
    congestionControl: congestionControl(),
  };
}
