// Rooms in memory, which all devices of a test enter: what a relay says of them, in its order.
import { invariant } from '../../src/foundation/invariant.ts';
import type { Room, RoomEvent, Rooms } from '../../src/ports/rooms.ts';

type Bytes = Uint8Array<ArrayBuffer>;

interface Stay {
  number: number;
  card: Bytes;
  tell(event: RoomEvent): void;
}

export class MemoryRooms {
  readonly #rooms = new Map<string, Set<Stay>>();
  #lastNumber = 0;
  /** What becomes of a message; by default it arrives. */
  passes: (from: number, to: number, bytes: Bytes) => boolean = () => true;

  /** The port of one device. */
  port(): Rooms {
    const entered = new Set<Room>();
    return {
      enter: (key, card) => {
        const room = this.#enter(key, card, () => entered.delete(room));
        entered.add(room);
        return room;
      },
      close() {
        for (const room of [...entered]) room.exit();
      },
    };
  }

  /** Devices that are in a room together, by number, for each room. */
  get crowds(): number[] {
    return [...this.#rooms.values()].map(({ size }) => size).filter((size) => size > 0);
  }

  #enter(key: string, card: Bytes, onExit: () => void): Room {
    const crowd = this.#rooms.get(key) ?? new Set<Stay>();
    this.#rooms.set(key, crowd);
    const events: RoomEvent[] = [];
    const takers: ((event: RoomEvent) => void)[] = [];
    let isOver = false;
    const tell = (event: RoomEvent) => {
      const taker = takers.shift();
      if (taker === undefined) events.push(event);
      else taker(event);
    };
    this.#lastNumber += 1;
    const own: Stay = { number: this.#lastNumber, card, tell };
    const others = () => [...crowd].filter((stay) => stay !== own);
    tell({
      kind: 'entered',
      number: own.number,
      members: [...crowd].map(({ number, card: shown }) => ({ number, card: shown })),
    });
    crowd.add(own);
    for (const other of others()) other.tell({ kind: 'joined', number: own.number, card });
    return {
      receive() {
        const event = events.shift();
        if (event !== undefined) return Promise.resolve(event);
        if (isOver) return Promise.resolve({ kind: 'ended', why: null });
        return new Promise((resolve) => takers.push(resolve));
      },
      send: (to, bytes) => {
        invariant(to !== null, 'devices speak to one at a time');
        const other = others().find(({ number }) => number === to);
        const message = new Uint8Array(bytes);
        if (other !== undefined && this.passes(own.number, to, message))
          other.tell({ kind: 'message', from: own.number, bytes: message });
        return true;
      },
      change() {},
      exit() {
        if (isOver) return;
        isOver = true;
        crowd.delete(own);
        for (const other of others()) other.tell({ kind: 'left', number: own.number });
        events.length = 0;
        tell({ kind: 'ended', why: null });
        onExit();
      },
    };
  }
}
