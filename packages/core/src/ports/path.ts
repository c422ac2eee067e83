// Which way a connection goes.

/** What carries a connection: a relay, or a TCP or QUIC connection between the ends. */
export type PathKind = 'relay' | 'tcp' | 'quic';

/** What carries a connection that no relay does. */
export type DirectKind = Exclude<PathKind, 'relay'>;

/** Of these, what is dialled at an address. */
export type DialledKind = 'tcp' | 'quic';

/** Which way a connection goes. */
export interface Path {
  kind: PathKind;
  /** Whether both ends are on one network, as this device sees it; false by way of a relay. */
  isLocal: boolean;
}

/** By way of the relay. */
export const RELAY_PATH: Path = { kind: 'relay', isLocal: false };
