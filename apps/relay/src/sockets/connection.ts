// One WebSocket at the relay, from its first message to its end: greeting, waiting, paired, leaving.
import type { Duplex } from 'node:stream';
import { TextDecoder } from 'node:util';
import type { Clock } from '@p2p-copy/core/foundation';
import { InvariantError } from '@p2p-copy/core/foundation';
import {
  CLEAN_CLOSE_CODES,
  HELLO_DEADLINE_MS,
  isReleaseMessage,
  MAX_HELLO_BYTES,
  MAX_MESSAGE_BYTES,
  type Role,
} from '@p2p-copy/core/relay-protocol';
import type { WebSocket } from 'ws';
import type { Dialect, Replies } from '../dialects/dialect.ts';
import { Allowance } from '../limits/allowance.ts';
import type { ConnectionId } from '../pairing/connection-id.ts';
import type { Departure } from '../pairing/pairing-table.ts';
import type { Payer } from '../rates/payer.ts';
import { type Heartbeat, type HeartbeatLimits, startHeartbeat } from './heartbeat.ts';
import type { Pipe } from './pipe.ts';
import { Pongs } from './pongs.ts';
import { type PieceListener, readInPieces } from './read-in-pieces.ts';

export type Phase =
  | { name: 'greeting'; cancelDeadline: () => void }
  /** `sinceMs`: when it had said its first message. */
  | { name: 'waiting'; sinceMs: number }
  | { name: 'paired'; role: Role; pipe: Pipe }
  | { name: 'leaving' };

/** What a connection reports. It never changes its own phase: whoever hears of it decides. */
export interface ConnectionListener {
  onFirstMessage(connection: Connection, message: Buffer, isBinary: boolean): void;
  onSilence(connection: Connection): void;
  /** A message that may not come now. */
  onViolation(connection: Connection): void;
  /** A first message that is too long to be one. */
  onTooLongFirst(connection: Connection): void;
  /** More pings, pongs and empty fragments than the limits allow. */
  onFlood(connection: Connection): void;
  onRelease(connection: Connection): void;
  /** The socket has failed or its other side is closing it: nothing more will arrive. Comes once or twice. */
  onEnding(connection: Connection, how: Departure): void;
  /** The socket is closed. Comes once, last. */
  onClosed(connection: Connection): void;
  /** A bug showed while the relay heard this connection. */
  onFault(connection: Connection, fault: unknown): void;
}

interface ConnectionLimits extends HeartbeatLimits {
  /** Pings, pongs, close frames and empty fragments. */
  controlFramesPerMinute: number;
  /** Their payload. */
  controlBytesPerMinute: number;
}

export interface ConnectionContext {
  dialect: Dialect;
  listener: ConnectionListener;
  clock: Clock;
  limits: ConnectionLimits;
}

/** Who has connected, as the server hands it over. */
export interface Client {
  /** Its address as the stream or the proxy tells it. */
  ip: string;
  socket: WebSocket;
  /** What `socket` was opened on just now. */
  stream: Duplex;
}

export class Connection implements PieceListener {
  readonly id: ConnectionId;
  /** The client's address as the socket or the proxy tells it. */
  readonly ip: string;
  readonly socket: WebSocket;
  readonly dialect: Dialect;
  readonly openedMs: number;
  /** How the relay answers, once it knows which version the client speaks. */
  replies: Replies;
  /** Whom its bytes are counted for besides its address, once it is admitted; null for nobody. */
  payer: Payer | null = null;
  /** The opaque key that it announced; null for any other. */
  transferKey: string | null = null;
  /** What this end is given with its pair, to show instead of a token later; null for nothing. */
  pass: string | null = null;
  readonly #listener: ConnectionListener;
  readonly #clock: Clock;
  readonly #heartbeat: Heartbeat;
  readonly #controlFrames: Allowance;
  readonly #controlBytes: Allowance;
  readonly #pongs: Pongs;
  /** Of the text message that comes in pieces. */
  #utf8: TextDecoder | null = null;
  #phase: Phase;

  constructor(id: ConnectionId, { ip, stream, socket }: Client, context: ConnectionContext) {
    const { dialect, listener, clock, limits } = context;
    this.id = id;
    this.ip = ip;
    this.socket = socket;
    this.dialect = dialect;
    this.openedMs = clock.nowMs();
    this.replies = dialect.repliesUnheard;
    this.#listener = listener;
    this.#clock = clock;
    this.#controlFrames = new Allowance(limits.controlFramesPerMinute, clock.nowMs());
    this.#controlBytes = new Allowance(limits.controlBytesPerMinute, clock.nowMs());
    this.#pongs = new Pongs(socket);
    const cancelDeadline = clock.after(HELLO_DEADLINE_MS, () => listener.onSilence(this));
    this.#phase = { name: 'greeting', cancelDeadline };
    this.#heartbeat = startHeartbeat(socket, limits, clock);
    readInPieces(stream, socket, FRAME_LIMITS, this);
    // `message`, `ping` and `pong` come while the stream is read, whose faults are caught there.
    socket.on('message', (message: Buffer, isBinary: boolean) => this.#hear(message, isBinary));
    socket.on('pong', () => this.sawLife());
    socket.on('ping', (payload: Buffer) => this.#pongs.answer(payload));
    socket.on('error', () => this.#guard(() => listener.onEnding(this, 'lost')));
    socket.on('close', (code) => this.#close(code));
  }

  get phase(): Phase {
    return this.#phase;
  }

  sawLife(): void {
    this.#heartbeat.sawLife();
  }

  /** The first message was right: from now on nothing may come until `pair`. */
  wait(): void {
    this.#enter({ name: 'waiting', sinceMs: this.#clock.nowMs() });
  }

  pair(role: Role, pipe: Pipe): void {
    this.#enter({ name: 'paired', role, pipe });
  }

  tell(text: string): void {
    this.socket.send(text);
  }

  /**
   * Writes what is in flight towards this end, then closes. What it still sends is dropped.
   * @param close null when the socket is ending by itself
   */
  leave(close: { code: number; reason: string } | null): void {
    const inbound = this.#phase.name === 'paired' ? this.#phase.pipe.towards(this.#phase.role) : null;
    this.#enter({ name: 'leaving' });
    // A paused socket would never read the answer to its close frame.
    this.socket.resume();
    if (close === null) return;
    const closeSocket = () => this.socket.close(close.code, close.reason);
    if (inbound === null) closeSocket();
    else inbound.whenWritten(closeSocket);
  }

  /** Until it is paired, a connection has one short message to say. Then text is for the relay where it doesn't pass. */
  takesPieces(isText: boolean): boolean {
    switch (this.#phase.name) {
      case 'greeting':
      case 'waiting':
        return false;
      case 'paired':
        return !isText || this.dialect.passesText;
      case 'leaving':
        return true;
    }
  }

  onPieceFrame(): void {
    if (this.#phase.name === 'paired') this.#phase.pipe.from(this.#phase.role).startFrame();
  }

  wantedOf(bytes: number, isLast: boolean): number {
    if (this.#phase.name !== 'paired') return bytes;
    return this.#phase.pipe.from(this.#phase.role).passable(bytes, isLast);
  }

  onPiece(piece: Buffer, isLast: boolean, isText: boolean): void {
    this.sawLife();
    if (this.#phase.name !== 'paired') return;
    if (isText && !this.#isUtf8(piece, isLast)) {
      this.socket.close(NOT_UTF8.code, NOT_UTF8.reason);
      this.#listener.onEnding(this, 'lost');
      return;
    }
    this.#phase.pipe.from(this.#phase.role).forward(piece, isLast, isText);
  }

  admitsIdleFrame(payloadBytes: number): boolean {
    const nowMs = this.#clock.nowMs();
    if (this.#controlFrames.take(1, nowMs) && this.#controlBytes.take(payloadBytes, nowMs)) return true;
    this.#listener.onFlood(this);
    return false;
  }

  onTooLong(): void {
    // A message that began before the relay closed the connection goes on.
    if (this.#phase.name === 'leaving') return;
    if (this.#phase.name === 'greeting') this.#listener.onTooLongFirst(this);
    else this.#listener.onViolation(this);
  }

  onFault(fault: unknown): void {
    this.#listener.onFault(this, fault);
  }

  #isUtf8(piece: Buffer, isLast: boolean): boolean {
    this.#utf8 ??= new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    try {
      this.#utf8.decode(piece, { stream: !isLast });
    } catch {
      return false;
    }
    if (isLast) this.#utf8 = null;
    return true;
  }

  #enter(phase: Phase): void {
    if (this.#phase.name === 'leaving') throw new InvariantError(`${phase.name} after leaving`);
    if (this.#phase.name === 'greeting') this.#phase.cancelDeadline();
    this.#phase = phase;
  }

  #hear(message: Buffer, isBinary: boolean): void {
    this.sawLife();
    switch (this.#phase.name) {
      case 'greeting':
        this.#listener.onFirstMessage(this, message, isBinary);
        return;
      case 'waiting':
        this.#listener.onViolation(this);
        return;
      case 'paired':
        // Begun before the two were paired, when nothing passes yet.
        if (isBinary || this.dialect.passesText) this.#listener.onViolation(this);
        else if (this.#phase.role === 'sender' && isRelease(message)) this.#listener.onRelease(this);
        else this.#listener.onViolation(this);
        return;
      case 'leaving':
        return;
    }
  }

  #close(code: number): void {
    this.#heartbeat.stop();
    this.#guard(() => this.#listener.onEnding(this, CLEAN_CLOSE_CODES.includes(code) ? 'finished' : 'lost'));
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

/** Of every WebSocket. */
export const FRAME_LIMITS = { messageBytes: MAX_MESSAGE_BYTES, wholeMessageBytes: MAX_HELLO_BYTES };
const NOT_UTF8 = { code: 1007, reason: 'A text message is not UTF-8.' };

function isRelease(message: Buffer): boolean {
  return message.length <= MAX_HELLO_BYTES && isReleaseMessage(message.toString('utf8'));
}
