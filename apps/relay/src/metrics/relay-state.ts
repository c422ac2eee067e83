// What a running relay is asked about, by /metrics and by `p2p-copy relay status`.
import type { Connection } from '../sockets/connection.ts';
import type { Stats } from './stats.ts';

/** The part of the switchboard that is looked at. */
export interface Board {
  readonly stats: Stats;
  readonly pairs: number;
  readonly occupied: number;
  readonly isDraining: boolean;
  readonly connections: Iterable<Connection>;
}

/** The same of rooms. */
export interface Presence {
  readonly connections: number;
  readonly rooms: number;
  readonly places: number;
  /** Messages between members that were written, and their bytes. */
  readonly passed: { readonly messages: number; readonly bytes: number };
}

/** Most that the relay takes. */
export interface Caps {
  /** In force: read at each look. */
  readonly config: {
    readonly maxConnections: number;
    readonly maxWaiting: number;
    readonly maxPlaces: number;
  };
  /** Files that the process may have open; null where there is no limit or none is told. */
  readonly descriptors: number | null;
}
