// What engine and page say to each other of one RTCPeerConnection, which a worker can't have: over a port of that connection alone.

/** With what the worker asks for a connection, in a job's reports. The session doesn't see it. */
export interface RtcWanted {
  type: 'rtc';
  port: MessagePort;
}

/** What the worker tells the connection. Session descriptions are SDP; those of the other end are made from checked parts. */
export type ToConnection =
  /** Begins it, with the offer. */
  | { type: 'offer'; stunUrls: string[] }
  /** Begins it, with the answer to that offer. */
  | { type: 'answer'; offer: string; stunUrls: string[] }
  /** Asks for `description`, which comes once all candidates are gathered; */
  | { type: 'describe' }
  /** or with those so far. */
  | { type: 'describe-now' }
  | { type: 'accept'; answer: string }
  /** Opens a data channel. */
  | { type: 'open'; id: number }
  | { type: 'close' };

/** What the connection tells the worker. */
export type FromConnection =
  | { type: 'description'; sdp: string }
  /** Two devices have found each other. `isLocal`: within a network of this device. */
  | { type: 'connected'; isLocal: boolean }
  /** A data channel: that with the id, or one that the other end opened. */
  | { type: 'channel'; id: number | null; channel: HandedChannel }
  /** Nothing more comes of it. */
  | { type: 'lost' };

/** A data channel in the worker's hands; or a port, where the browser can't transfer one, and the page passes everything on. */
export type HandedChannel = RTCDataChannel | MessagePort;

/** What the worker tells a data channel that stayed in the page: a message of its own, or to close. */
export type ToRelayedChannel = ArrayBuffer | 'close';

/** What that channel tells: a message of the other end, how many bytes the network has taken, how it is. */
export type FromRelayedChannel = ArrayBuffer | { takenBytes: number } | 'open' | 'closed';
