// Brings notices of rooms to the members that are connected here, by way of the rooms' channels.
import type { ConnectionId } from '../pairing/connection-id.ts';
import type { Notice } from '../rooms/room.ts';
import type { RoomChannel, RoomChannels } from '../rooms/room-channels.ts';
import type { RoomTable } from '../rooms/room-table.ts';
import { writtenNotice } from './written-notice.ts';

export class NoticeSpread {
  readonly #channels: RoomChannels;
  readonly #table: RoomTable;
  readonly #write: (to: ConnectionId, message: string | Uint8Array) => void;
  readonly #open = new Map<string, RoomChannel>();
  #messages = 0;
  #bytes = 0;

  constructor(
    channels: RoomChannels,
    table: RoomTable,
    write: (to: ConnectionId, message: string | Uint8Array) => void,
  ) {
    this.#channels = channels;
    this.#table = table;
    this.#write = write;
  }

  /** Messages between members that were written, and their bytes. */
  get passed(): { readonly messages: number; readonly bytes: number } {
    return { messages: this.#messages, bytes: this.#bytes };
  }

  open(room: string): void {
    this.#open.set(
      room,
      this.#channels.open(room, (notice) => this.#hear(room, notice)),
    );
  }

  close(room: string): void {
    this.#open.get(room)?.close();
    this.#open.delete(room);
  }

  closeAll(): void {
    for (const room of [...this.#open.keys()]) this.close(room);
  }

  tell(room: string, notice: Notice): void {
    this.#open.get(room)?.tell(notice);
  }

  #hear(room: string, notice: Notice): void {
    for (const { connection, place } of this.#table.hearersOf(room, notice)) {
      this.#write(connection, writtenNotice(notice, place));
      if (notice.name !== 'message') continue;
      this.#messages += 1;
      this.#bytes += notice.bytes.length;
    }
  }
}
