// Port: a channel between the two ends of a meeting: ordered messages of bytes, whatever carries them. It is neither sealed
// nor authenticated; the handshake and the record cipher above it see to that.
import type { Bytes } from '../foundation/bytes.ts';

/** Why a channel has ended. */
export type ChannelEnd =
  /** The other end left, and the carrier says so. */
  | 'peer-left'
  /** The carrier broke, or this end closed or dropped the channel itself. */
  | 'lost'
  /** The carrier shuts down and says so: another connection will be carried, by it or by another. */
  | 'going-away'
  /** Whoever carries the messages turned this end away. */
  | 'refused'
  /** Whoever carries the messages carries no more of them: a limit is reached. */
  | 'transfer-limit'
  | 'day-limit'
  | 'time-limit'
  | 'idle-limit'
  /** What arrived is no message of a channel, such as one that is too long. The channel is dropped. */
  | 'malformed';

/** What `receive` gives. `closed` is given once all messages before it were, and from then on for ever. */
export type ChannelEvent =
  | { kind: 'message'; bytes: Bytes }
  /** `allWritten`: everything that was sent has been handed to the network. */
  | { kind: 'closed'; why: ChannelEnd; allWritten: boolean };

/** One connection to the other end, which carries messages of 0 bytes to 2 MiB in both directions. */
export interface Channel {
  /** Queues a message. Its buffer belongs to the channel from here on. No-op once the channel is closed. */
  send(message: Bytes): void;
  /** Bytes queued and not yet handed to the network; 0 once closed, so that nobody waits for them. */
  readonly bufferedBytes: number;
  /** Bytes that have arrived, those of a message that isn't whole yet among them; left out where the carrier doesn't tell. */
  readonly arrivedBytes?: number;
  /** Resolves when at most `bytes` are queued, or the channel is closed. */
  drained(bytes: number): Promise<void>;
  /**
   * The next message in order, whose bytes belong to the caller. A channel that can stops reading while many wait to be
   * received, which fills the other end's queue in turn. Never rejects.
   */
  receive(): Promise<ChannelEvent>;
  /** Closes after what is queued has been sent. The other end receives all of it, and then `peer-left`. */
  close(): void;
  /** Closes at once: what is queued is lost. */
  terminate(): void;
}
