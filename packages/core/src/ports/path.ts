// Which way a connection goes.

/** What carries a connection: a relay; or, between the ends, a TCP or QUIC connection, or a data channel of WebRTC. */
export type PathKind = 'relay' | 'tcp' | 'quic' | 'webrtc';

/** What carries a connection that no relay does. */
export type DirectKind = Exclude<PathKind, 'relay'>;

/** Of these, what is dialled at an address. */
export type DialledKind = 'tcp' | 'quic';

/** What a lane is opened for beyond the others: to find a direct path, or one of a kind. */
export type LanePurpose = 'direct' | DialledKind;

/** Which way a connection goes. */
export interface Path {
  kind: PathKind;
  /** Whether both ends are on one network, as this device sees it; false by way of a relay. */
  isLocal: boolean;
}

/** By way of the relay. */
export const RELAY_PATH: Path = { kind: 'relay', isLocal: false };
