// One WebSocket at the relay, from its first message to its end: greeting, waiting, paired, leaving.
import type { Duplex } from 'node:stream';
import {
  HELLO_DEADLINE_MS,
  isReleaseMessage,
  MAX_HELLO_BYTES,
  MAX_MESSAGE_BYTES,
  type Role,
} from '@p2p-copy/core/relay-protocol';
import type { WebSocket } from 'ws';
import type { Clock } from '../clock.ts';
import type { Dialect, Replies } from '../dialects/dialect.ts';
import { InvariantError } from '../invariant-error.ts';
import type { ConnectionId } from '../pairing/connection-id.ts';
import type { Departure } from '../pairing/pairing-table.ts';
import { type Heartbeat, type HeartbeatLimits, startHeartbeat } from './heartbeat.ts';
import type { Pipe } from './pipe.ts';
import { type PieceListener, readInPieces } from './read-in-pieces.ts';

type Phase =
  | { name: 'greeting'; cancelDeadline: () => void }
  | { name: 'waiting' }
  | { name: 'paired'; role: Role; pipe: Pipe }
  | { name: 'leaving' };

/** What a connection reports. It never changes its own phase: whoever hears of it decides. */
export interface ConnectionListener {
  onFirstMessage(connection: Connection, message: Buffer, isBinary: boolean): void;
  onSilence(connection: Connection): void;
  /** A message that may not come now. */
  onViolation(connection: Connection): void;
  onRelease(connection: Connection): void;
  /** The socket has failed or its other side is closing it: nothing more will arrive. Comes once or twice. */
  onEnding(connection: Connection, how: Departure): void;
  /** The socket is closed. Comes once, last. */
  onClosed(connection: Connection): void;
}

export interface ConnectionContext {
  dialect: Dialect;
  listener: ConnectionListener;
  clock: Clock;
  heartbeat: HeartbeatLimits;
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
  /** How the relay answers, once it knows which version the client speaks. */
  replies: Replies;
  readonly #listener: ConnectionListener;
  readonly #heartbeat: Heartbeat;
  #phase: Phase;

  constructor(id: ConnectionId, { ip, stream, socket }: Client, context: ConnectionContext) {
    const { dialect, listener, clock, heartbeat } = context;
    this.id = id;
    this.ip = ip;
    this.socket = socket;
    this.dialect = dialect;
    this.replies = dialect.repliesUnheard;
    this.#listener = listener;
    const cancelDeadline = clock.after(HELLO_DEADLINE_MS, () => listener.onSilence(this));
    this.#phase = { name: 'greeting', cancelDeadline };
    this.#heartbeat = startHeartbeat(socket, heartbeat, clock);
    readInPieces(stream, socket, MAX_MESSAGE_BYTES, this);
    socket.on('message', (message: Buffer, isBinary: boolean) => this.#hear(message, isBinary));
    socket.on('pong', () => this.sawLife());
    socket.on('error', () => listener.onEnding(this, 'lost'));
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
    this.#enter({ name: 'waiting' });
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

  takesPieces(): boolean {
    return this.#phase.name === 'paired' || this.#phase.name === 'leaving';
  }

  onPiece(piece: Buffer, isLast: boolean): void {
    this.sawLife();
    if (this.#phase.name !== 'paired') return;
    const direction = this.#phase.pipe.from(this.#phase.role);
    if (isLast) direction.forward(piece);
    else direction.forwardPiece(piece);
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
        if (isBinary || this.dialect.passesText) {
          const direction = this.#phase.pipe.from(this.#phase.role);
          if (isBinary) direction.forward(message);
          else direction.forwardText(message);
        } else if (this.#phase.role === 'sender' && isRelease(message)) {
          this.#listener.onRelease(this);
        } else {
          this.#listener.onViolation(this);
        }
        return;
      case 'leaving':
        return;
    }
  }

  #close(code: number): void {
    this.#heartbeat.stop();
    this.#listener.onEnding(this, CLEAN_CLOSE_CODES.includes(code) ? 'finished' : 'lost');
    this.#listener.onClosed(this);
  }
}

/** Normal closure, and a close frame without a code. */
const CLEAN_CLOSE_CODES: readonly number[] = [1000, 1005];

function isRelease(message: Buffer): boolean {
  return message.length <= MAX_HELLO_BYTES && isReleaseMessage(message.toString('utf8'));
}
