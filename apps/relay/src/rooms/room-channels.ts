// Port: how what happens in a room reaches its members, wherever they are connected. One relay process tells itself; in a
// cluster each process that has members of a room listens to that room's channel.
import type { Notice } from './room.ts';

export interface RoomChannels {
  /**
   * Called when the first member of a room is here.
   * @param hear called for each notice of the room, those told here included, in an order that is the same for all who listen
   */
  open(room: string, hear: (notice: Notice) => void): RoomChannel;
}

export interface RoomChannel {
  /** Tells all who listen, this process among them. */
  tell(notice: Notice): void;
  /** The last member here has left. */
  close(): void;
}

/** One process: a notice is heard before `tell` returns. */
export const inProcessChannels: RoomChannels = {
  open: (_room, hear) => ({ tell: hear, close() {} }),
};
