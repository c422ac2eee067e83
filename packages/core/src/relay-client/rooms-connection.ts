// One connection to the rooms of a relay: enters them one after the other, brings them what the relay says, and connects anew
// when it is lost. docs/PROTOCOL.md section 19.
import { JitteredPauses } from '../async/jittered-pauses.ts';
import { noticeSleep } from '../async/notice-sleep.ts';
import { isLasting, pause } from '../async/seek.ts';
import type { Bytes } from '../foundation/bytes.ts';
import type { ErrorCode } from '../foundation/error-table.ts';
import { asTransferError, TransferError } from '../foundation/errors.ts';
import type { RelaySocket, SocketEvent } from '../ports/relay-socket.ts';
import { parseRelayMessage } from '../relay-protocol/messages.ts';
import { parseRoomReply, type RoomRefusal } from '../relay-protocol/room-replies.ts';
import { encodeRoomRequest, type RoomRequest } from '../relay-protocol/room-requests.ts';
import { parseRoomMessage } from '../relay-protocol/room-values.ts';
import { MAX_PAUSE_MS, QUIET_RELAY_MS, SILENT_RELAY_MS } from '../wire/limits.ts';
import { closeError, type RelayAccess, refusalError } from './meet-relay.ts';
import { meetRooms } from './meet-rooms.ts';
import type { RoomLink, VisitedRoom } from './visited-room.ts';

const LOOK_EVERY_MS = 5_000;

/** No waiting mends these. */
const FINAL: readonly ErrorCode[] = [
  'relay-without-rooms',
  'relay-version',
  'origin-refused',
  'redirect-refused',
];

const REFUSAL_ERRORS: Record<RoomRefusal, ErrorCode> = {
  'room-full': 'room-full',
  'relay-full': 'relay-full',
  'rate-limited': 'rate-limited',
};

/** What a connection to the rooms of a relay needs. */
export interface RoomsConnectionContext {
  access: Omit<RelayAccess, 'signal'>;
  /** A number from 0 to below 1. */
  random(): number;
  /** The relay allows fewer rooms on one connection than it has: these are to be entered by others. */
  onTooMany(rooms: VisitedRoom[]): void;
}

/** How the stay on one socket goes. */
interface Visit {
  readonly socket: RelaySocket;
  readonly places: Map<number, VisitedRoom>;
  lastPlace: number;
  entering: VisitedRoom | null;
  /** Of those that were refused, until they are asked for again. */
  readonly refused: Map<VisitedRoom, () => void>;
  heardMs: number;
  /** Resolves when the connection is given up. */
  readonly lost: Promise<void>;
  giveUp(): void;
}

/** One connection, and the rooms that are entered by it. */
export class RoomsConnection implements RoomLink {
  readonly #context: RoomsConnectionContext;
  readonly #giveUp = new AbortController();
  readonly #pauses: JitteredPauses;
  readonly #rooms: VisitedRoom[] = [];
  #mostRooms: number;
  #visit: Visit | null = null;
  /** Rooms whose apps have much to take before they are entered again. */
  readonly #slow = new Set<VisitedRoom>();

  /** Begins when `run` is called; a connection without rooms ends. */
  constructor(context: RoomsConnectionContext, first: VisitedRoom, mostRooms: number) {
    this.#context = context;
    this.#pauses = new JitteredPauses(context.random);
    this.#mostRooms = mostRooms;
    this.add(first);
  }

  /** Whether another room may be entered by it. */
  get hasPlace(): boolean {
    return this.#rooms.length > 0 && this.#rooms.length < this.#mostRooms;
  }

  add(room: VisitedRoom): void {
    this.#rooms.push(room);
    room.linkTo(this);
    this.#enterNext();
  }

  ask(request: RoomRequest): void {
    this.#visit?.socket.send(encodeRoomRequest(request));
  }

  pass(message: Bytes): void {
    this.#visit?.socket.send(message);
  }

  exited(room: VisitedRoom): void {
    this.#rooms.splice(this.#rooms.indexOf(room), 1);
    this.#visit?.refused.get(room)?.();
    if (this.#rooms.length > 0) return;
    this.#visit?.socket.close();
    this.#giveUp.abort();
  }

  /** Resolves when all its rooms have ended. Never rejects but for a bug. */
  async run(): Promise<void> {
    const { access } = this.#context;
    const { signal } = this.#giveUp;
    while (this.#rooms.length > 0) {
      let why: TransferError;
      try {
        const { socket, rooms } = await meetRooms({ ...access, signal }, this.#rooms[0]!.key);
        this.#mostRooms = rooms;
        why = await this.#stay(socket);
      } catch (error) {
        why = asTransferError(error);
      }
      if (isLasting(why) || FINAL.includes(why.code)) {
        for (const room of this.#rooms.splice(0)) room.end(why);
        return;
      }
      for (const room of this.#rooms) room.lose(why);
      if (this.#rooms.length === 0) return;
      await pause(this.#pauseAfter(why), access.clock, signal);
    }
  }

  #pauseAfter({ retryAfterMs }: TransferError): number {
    return Math.max(this.#pauses.next(), Math.min(retryAfterMs, MAX_PAUSE_MS));
  }

  /** Resolves with why the connection was lost. */
  async #stay(socket: RelaySocket): Promise<TransferError> {
    const { clock } = this.#context.access;
    let setLost = () => {};
    const lost = new Promise<void>((resolve) => {
      setLost = resolve;
    });
    const visit: Visit = {
      socket,
      lost,
      giveUp() {
        socket.terminate();
        setLost();
      },
      places: new Map(),
      lastPlace: 0,
      entering: null,
      refused: new Map(),
      heardMs: clock.nowMs(),
    };
    this.#visit = visit;
    const stops = [this.#watch(visit), noticeSleep(clock, () => visit.giveUp())];
    try {
      // Those that are left out are entered by another connection.
      if (this.#rooms.length > this.#mostRooms) {
        this.#context.onTooMany(this.#rooms.splice(this.#mostRooms));
      }
      if (this.#giveUp.signal.aborted) socket.terminate();
      this.#enterNext();
      for (;;) {
        const event = await socket.receive();
        visit.heardMs = clock.nowMs();
        const why = await this.#hear(visit, event);
        if (why !== null) return why;
      }
    } finally {
      this.#visit = null;
      socket.terminate();
      for (const stop of [...stops, ...visit.refused.values()]) stop();
    }
  }

  /** What ends the connection; null while it goes on. */
  async #hear(visit: Visit, event: SocketEvent): Promise<TransferError | null> {
    if (event.kind === 'closed') return closeError(event.code);
    if (event.kind === 'binary') {
      const message = parseRoomMessage(event.bytes);
      if (message === null) return new TransferError('not-a-relay');
      const room = visit.places.get(message.place);
      if (room?.isWanted !== true) return null;
      if (!(await isTaken(visit, room))) return new TransferError('connection-lost');
      return room.hearMessage(message.number, message.bytes) === 'broken' ? broken() : null;
    }
    const reply = parseRoomReply(event.text);
    if (reply === null) {
      const message = parseRelayMessage(event.text);
      // Anything else is of a later version.
      return message?.type === 'error' ? refusalError(message) : null;
    }
    if (reply.type === 'welcome' || reply.type === 'pong') return null;
    const room = visit.places.get(reply.place);
    if (room === undefined) return null;
    if (reply.type === 'refused') {
      this.#refused(visit, room, reply.code);
      return null;
    }
    if (!room.isWanted) {
      // Left while it was entered.
      if (reply.type === 'entered' && reply.more !== true) this.#entered(visit, room);
      return null;
    }
    if (!(await isTaken(visit, room))) return new TransferError('connection-lost');
    const heard = room.hear(reply);
    if (heard === 'entered') {
      this.#pauses.reset();
      this.#entered(visit, room);
    }
    return heard === 'broken' ? broken() : null;
  }

  #entered(visit: Visit, room: VisitedRoom): void {
    if (visit.entering === room) visit.entering = null;
    this.#enterNext();
  }

  #refused(visit: Visit, room: VisitedRoom, code: RoomRefusal | null): void {
    const why = new TransferError(code === null ? 'relay-refused' : REFUSAL_ERRORS[code]);
    forget(visit, room);
    room.lose(why);
    if (room.isWanted) {
      const again = () => {
        visit.refused.delete(room);
        this.#enterNext();
      };
      visit.refused.set(room, this.#context.access.clock.after(this.#pauseAfter(why), again));
    }
    this.#entered(visit, room);
  }

  /** One at a time, so that a relay which lists many cards isn't asked for more than this end takes. */
  #enterNext(): void {
    const visit = this.#visit;
    if (visit === null || visit.entering !== null) return;
    const isAsked = (room: VisitedRoom) =>
      visit.refused.has(room) || [...visit.places.values()].includes(room);
    const left = this.#rooms.slice(0, this.#mostRooms).filter((each) => !isAsked(each));
    // One whose app takes nothing would hold up the others.
    const room = left.find(({ isRoomy }) => isRoomy);
    if (room === undefined) {
      for (const each of left) void this.#enterLater(each);
      return;
    }
    visit.entering = room;
    visit.lastPlace += 1;
    visit.places.set(visit.lastPlace, room);
    room.ask(visit.lastPlace);
  }

  async #enterLater(room: VisitedRoom): Promise<void> {
    if (this.#slow.has(room)) return;
    this.#slow.add(room);
    await room.roomy();
    this.#slow.delete(room);
    this.#enterNext();
  }

  /** A path that is cut says nothing: pings of the relay aren't told to an app. */
  #watch(visit: Visit): () => void {
    const { clock } = this.#context.access;
    let hasAsked = false;
    const look = () => {
      cancel = clock.after(LOOK_EVERY_MS, look);
      const quietMs = clock.nowMs() - visit.heardMs;
      if (quietMs >= SILENT_RELAY_MS) visit.giveUp();
      else if (quietMs < QUIET_RELAY_MS) hasAsked = false;
      else if (!hasAsked) {
        hasAsked = true;
        this.ask({ type: 'ping' });
      }
    };
    let cancel = clock.after(LOOK_EVERY_MS, look);
    return () => cancel();
  }
}

/** Waits until a room's app takes more. @returns false where the connection is given up before */
async function isTaken({ lost }: Visit, room: VisitedRoom): Promise<boolean> {
  if (room.isRoomy) return true;
  return Promise.race([room.roomy().then(() => true), lost.then(() => false)]);
}

function forget({ places }: Visit, room: VisitedRoom): void {
  for (const [place, each] of places) if (each === room) places.delete(place);
}

/** What a relay can't say. */
function broken(): TransferError {
  return new TransferError('not-a-relay');
}
