// One WebSocket of a client of the rooms: reads whole messages of bounded size, writes while the client takes them, and sees
// whether it is still there. docs/PROTOCOL.md section 19.
import type { Clock } from '@p2p-copy/core/foundation';
import {
  HELLO_DEADLINE_MS,
  MAX_HELLO_BYTES,
  MAX_MESSAGE_BYTES,
  MAX_ROOM_MESSAGE_BYTES,
  ROOM_HEADER_BYTES,
} from '@p2p-copy/core/relay-protocol';
import type { WebSocket } from 'ws';
import { addressBlock } from '../limits/address-block.ts';
import { Allowance } from '../limits/allowance.ts';
import type { ConnectionId } from '../pairing/connection-id.ts';
import type { Payer } from '../rates/payer.ts';
import type { Client } from '../sockets/connection.ts';
import { type Heartbeat, startHeartbeat } from '../sockets/heartbeat.ts';
import { Pongs } from '../sockets/pongs.ts';
import { type PieceListener, readInPieces } from '../sockets/read-in-pieces.ts';
import { Budget, type RoomRateSettings } from './room-rates.ts';

/** Between the relay's pings; three without an answer end the connection. */
export const ROOM_PING_MS = 5_000;
/** Messages that may wait to be written to one connection. */
export const MAX_ROOM_BACKLOG_MESSAGES = 1_024;
/** Beats after which a message that still waits to be written ends the connection: who says pongs may still read nothing. */
export const MAX_WAITED_BEATS = 3;
/** What waits is no sign of life, and holds up no ping. */
const BEATS = { pingIntervalMs: ROOM_PING_MS, stalledTimeoutMs: 0 };

/** What a connection reports; whoever hears of it decides. */
export interface RoomListener {
  onText(connection: RoomConnection, text: string): void;
  onBinary(connection: RoomConnection, message: Buffer): void;
  onSilence(connection: RoomConnection): void;
  onTooLong(connection: RoomConnection): void;
  onFlood(connection: RoomConnection): void;
  /** What was written to it has waited for three pings. */
  onSlow(connection: RoomConnection): void;
  /** Nothing more will arrive. Comes once or twice. */
  onEnding(connection: RoomConnection): void;
  /** The socket is closed. Comes once, last. */
  onClosed(connection: RoomConnection): void;
  onFault(connection: RoomConnection, fault: unknown): void;
}

export interface RoomConnectionSettings extends RoomRateSettings {
  controlFramesPerMinute: number;
  controlBytesPerMinute: number;
  roomBacklogBytes: number;
}

export class RoomConnection implements PieceListener {
  readonly id: ConnectionId;
  readonly ip: string;
  /** As limits count it. */
  readonly address: string;
  readonly socket: WebSocket;
  readonly budget: Budget;
  /** Whom its bytes are counted for besides its address; null for nobody. */
  payer: Payer | null = null;
  readonly #listener: RoomListener;
  readonly #clock: Clock;
  readonly #settings: RoomConnectionSettings;
  readonly #heartbeat: Heartbeat;
  readonly #controlFrames: Allowance;
  readonly #controlBytes: Allowance;
  #phase: 'greeting' | 'inside' | 'leaving' = 'greeting';
  #cancelDeadline: () => void;
  #cancelPause: () => void = () => {};
  #queued = 0;
  #written = 0;
  /** Messages that were queued by each of the last beats, the oldest first. */
  #queuedByBeat: number[] = [];

  constructor(
    id: ConnectionId,
    { ip, socket, stream }: Client,
    listener: RoomListener,
    settings: RoomConnectionSettings,
    clock: Clock,
  ) {
    const nowMs = clock.nowMs();
    this.id = id;
    this.ip = ip;
    this.address = addressBlock(ip);
    this.socket = socket;
    this.budget = new Budget(settings, nowMs);
    this.#listener = listener;
    this.#clock = clock;
    this.#settings = settings;
    this.#controlFrames = new Allowance(settings.controlFramesPerMinute, nowMs);
    this.#controlBytes = new Allowance(settings.controlBytesPerMinute, nowMs);
    this.#cancelDeadline = clock.after(HELLO_DEADLINE_MS, () => listener.onSilence(this));
    this.#heartbeat = startHeartbeat(
      {
        ping: () => this.#beat(),
        terminate: () => socket.terminate(),
        get isPaused() {
          return socket.isPaused;
        },
        bufferedAmount: 0,
      },
      BEATS,
      clock,
    );
    const pongs = new Pongs(socket);
    const isInside = () => this.#phase === 'inside';
    const limits = {
      messageBytes: MAX_MESSAGE_BYTES,
      /** A stranger is held less of. */
      get wholeMessageBytes() {
        return isInside() ? ROOM_HEADER_BYTES + MAX_ROOM_MESSAGE_BYTES : MAX_HELLO_BYTES;
      },
    };
    readInPieces(stream, socket, limits, this);
    // They come while the stream is read, whose faults are caught there.
    socket.on('message', (message: Buffer, isBinary: boolean) => this.#hear(message, isBinary));
    socket.on('pong', () => this.#heartbeat.sawLife());
    socket.on('ping', (payload: Buffer) => pongs.answer(payload));
    socket.on('error', () => this.#guard(() => listener.onEnding(this)));
    socket.on('close', () => this.#close());
  }

  get phase(): 'greeting' | 'inside' | 'leaving' {
    return this.#phase;
  }

  /** The first message was right. */
  enter(): void {
    this.#cancelDeadline();
    this.#phase = 'inside';
  }

  /** Queues a message. False when too much waits already: then nothing is queued. */
  tell(message: string | Uint8Array): boolean {
    if (this.#phase === 'leaving') return true;
    const waitingBytes = this.socket.bufferedAmount + message.length;
    if (waitingBytes > this.#settings.roomBacklogBytes) return false;
    if (this.#queued - this.#written >= MAX_ROOM_BACKLOG_MESSAGES) return false;
    this.#queued += 1;
    this.socket.send(message, () => {
      this.#written += 1;
    });
    return true;
  }

  /** Reads nothing for `waitMs`. */
  pauseFor(waitMs: number): void {
    if (this.#phase === 'leaving') return;
    this.socket.pause();
    this.#cancelPause();
    this.#cancelPause = this.#clock.after(waitMs, () => this.socket.resume());
  }

  /** Writes what waits, then closes. What it still says is dropped. Null when the socket is ending by itself. */
  leave(close: { code: number; reason: string } | null): void {
    this.#phase = 'leaving';
    this.#cancelDeadline();
    this.#cancelPause();
    // A paused socket would never read the answer to its close frame.
    this.socket.resume();
    if (close !== null) this.socket.close(close.code, close.reason);
  }

  takesPieces(): boolean {
    return this.#phase === 'leaving';
  }

  onPieceFrame(): void {}

  wantedOf(bytes: number): number {
    return bytes;
  }

  onPiece(): void {}

  admitsIdleFrame(payloadBytes: number): boolean {
    const nowMs = this.#clock.nowMs();
    if (this.#controlFrames.take(1, nowMs) && this.#controlBytes.take(payloadBytes, nowMs)) return true;
    this.#listener.onFlood(this);
    return false;
  }

  onTooLong(): void {
    if (this.#phase !== 'leaving') this.#listener.onTooLong(this);
  }

  onFault(fault: unknown): void {
    this.#listener.onFault(this, fault);
  }

  #beat(): void {
    this.#queuedByBeat.push(this.#queued);
    const isDue = this.#queuedByBeat.length > MAX_WAITED_BEATS;
    if (isDue && this.#written < this.#queuedByBeat.shift()!) this.#listener.onSlow(this);
    else this.socket.ping();
  }

  #hear(message: Buffer, isBinary: boolean): void {
    if (this.#phase === 'leaving') return;
    this.#heartbeat.sawLife();
    if (isBinary) this.#listener.onBinary(this, message);
    else this.#listener.onText(this, message.toString('utf8'));
  }

  #close(): void {
    this.#heartbeat.stop();
    this.#cancelDeadline();
    this.#cancelPause();
    this.#guard(() => this.#listener.onEnding(this));
    this.#guard(() => this.#listener.onClosed(this));
  }

  #guard(action: () => void): void {
    try {
      action();
    } catch (fault) {
      this.onFault(fault);
    }
  }
}
