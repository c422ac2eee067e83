// One end's connection to the other by way of the classic relay: hello, ready, then messages until one of them leaves.
// docs/CLASSIC.md, section The relay.
import { utf8 } from '../foundation/bytes.ts';
import type { ErrorCode } from '../foundation/error-table.ts';
import { TransferError } from '../foundation/errors.ts';
import type { DialRelay, RelaySocket, SocketEvent } from '../ports/relay-socket.ts';
import { CLOSE_CODES } from '../relay-protocol/close-codes.ts';
import { socketPlace } from '../relay-protocol/socket-url.ts';
import { violation } from '../wire/fields.ts';
import { type ClassicMessage, encodeClassicMessage, parseClassicMessage } from './classic-message.ts';
import { MAX_CLASSIC_MESSAGE_BYTES } from './constants.ts';

/** What has to be written to the network before more is queued behind it. */
const QUEUED_BYTES = 4 * 1024 * 1024;

/** One message from the other end, told apart by its first bytes. */
export type Arrived =
  | { kind: 'message'; message: ClassicMessage }
  | { kind: 'chunk'; bytes: Uint8Array<ArrayBuffer> };

/** How to reach the relay. */
export interface ClassicAccess {
  dial: DialRelay;
  relayUrl: string;
  signal: AbortSignal;
}

/** A connection to the other end in the classic format: messages out, messages and chunks in. */
export class ClassicLink {
  readonly #socket: RelaySocket;
  #isLeft = false;
  #limit: ErrorCode | null = null;

  constructor(socket: RelaySocket) {
    this.#socket = socket;
  }

  /**
   * Opens a connection and announces this end.
   * @param codeHash 32 bytes in hex
   * @throws TransferError `relay-unreachable`, `not-a-relay`
   */
  static async open(
    access: ClassicAccess,
    role: 'sender' | 'receiver',
    codeHash: string,
  ): Promise<ClassicLink> {
    const socket = await access.dial(access.relayUrl, access.signal);
    socket.send(JSON.stringify({ type: 'hello', code_hash_hex: codeHash, role }));
    return new ClassicLink(socket);
  }

  /**
   * For a sender: waits, as long as it takes, until a receiver is there.
   * @throws TransferError as the relay closes
   */
  async awaitReady(): Promise<void> {
    const event = await this.#socket.receive();
    if (event.kind === 'closed') throw refusal(event);
    if (event.kind !== 'text' || parseReady(event.text) === null) throw new TransferError('not-a-relay');
  }

  /**
   * For a receiver: the first message of a sender, however long it takes.
   * @throws TransferError as the relay closes
   */
  async awaitFirst(): Promise<Arrived> {
    const event = await this.#socket.receive();
    if (event.kind === 'closed') throw refusal(event);
    return arrived(event);
  }

  /** @throws TransferError `peer-gone`, `connection-lost`, `protocol-violation` */
  async receive(): Promise<Arrived> {
    const event = await this.#socket.receive();
    if (event.kind === 'closed') throw lossOf(event);
    return arrived(event);
  }

  /** The relay's limit by which the connection ended, once `ended` has resolved; null where it was none. */
  get limit(): ErrorCode | null {
    return this.#limit;
  }

  /**
   * Resolves when the connection ends: true when the other side left in an orderly way, and all that was sent before
   * has been handed to the network. What else arrives is dropped.
   */
  async ended(): Promise<boolean> {
    for (;;) {
      const event = await this.#socket.receive();
      if (event.kind !== 'closed') continue;
      this.#limit = classicLimitOf(event.code, event.reason);
      return isClean(event.code) && event.allWritten;
    }
  }

  /**
   * Sends a message, and waits while much is queued.
   * @throws TransferError `limit-exceeded`
   */
  async send(message: ClassicMessage): Promise<void> {
    await this.#queue(sized(encodeClassicMessage(message)));
  }

  async sendChunk(chunk: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.#queue(chunk);
  }

  /** Bytes that were sent and haven't been written to the network. */
  get queuedBytes(): number {
    return this.#socket.bufferedBytes;
  }

  written(): Promise<void> {
    return this.#socket.drained(0);
  }

  /** Closes in an orderly way: what was sent still arrives. */
  close(): void {
    this.#isLeft = true;
    this.#socket.close();
  }

  /** Drops the connection, so that the other side doesn't take the end for a good one. */
  drop(): void {
    if (!this.#isLeft) this.#socket.terminate();
    this.#isLeft = true;
  }

  async #queue(message: string | Uint8Array<ArrayBuffer>): Promise<void> {
    this.#socket.send(message);
    if (this.#socket.bufferedBytes > QUEUED_BYTES) await this.#socket.drained(QUEUED_BYTES / 2);
  }
}

/**
 * The text of a message that fits.
 * @throws TransferError `limit-exceeded`
 */
export function sized(text: string): string {
  // Three bytes of UTF-8 at most for each of its units.
  if (text.length * 3 > MAX_CLASSIC_MESSAGE_BYTES && utf8(text).length > MAX_CLASSIC_MESSAGE_BYTES) {
    throw new TransferError(
      'limit-exceeded',
      'The list of files is too long for the classic format, which takes 2 MiB of it.',
    );
  }
  return text;
}

function arrived(event: Exclude<SocketEvent, { kind: 'closed' }>): Arrived {
  if (event.kind === 'binary') return { kind: 'chunk', bytes: event.bytes };
  return { kind: 'message', message: parseClassicMessage(utf8(event.text)) };
}

function parseReady(text: string): true | null {
  try {
    return JSON.parse(text)?.type === 'ready' ? true : null;
  } catch {
    return null;
  }
}

/** Classic has one code for all that a relay doesn't allow; the reason is that of the close code in our own wire. */
function classicLimitOf(code: number, reason: string): ErrorCode | null {
  if (code !== 1008) return null;
  if (reason === CLOSE_CODES['transfer-limit'].reason) return 'relay-limit-transfer';
  if (reason === CLOSE_CODES['day-limit'].reason) return 'relay-limit-day';
  if (reason === CLOSE_CODES['time-limit'].reason) return 'relay-limit-time';
  return reason === CLOSE_CODES['idle-limit'].reason ? 'relay-limit-idle' : null;
}

/** Why the relay sent this end away before there was another one. */
function refusal({ code, reason }: { code: number; reason: string }): TransferError {
  const limit = classicLimitOf(code, reason);
  if (limit !== null) return new TransferError(limit);
  switch (code) {
    case 1002:
      return new TransferError('relay-refused');
    case 1008:
      if (!/token/i.test(reason)) return new TransferError('relay-refused');
      return new TransferError(
        'relay-token-needed',
        'This relay asks for an access token, and the classic format has no place for one.',
      );
    case 1013:
      return /duplicate role/i.test(reason)
        ? new TransferError(
            'code-in-use',
            'Another one with the same role used this code at the relay, so both were sent away.',
          )
        : new TransferError('relay-full');
    default:
      return new TransferError('connection-lost');
  }
}

/** What an end means that came too early. */
function lossOf({ code, reason }: { code: number; reason: string }): TransferError {
  const limit = classicLimitOf(code, reason);
  if (limit !== null) return new TransferError(limit);
  if (code === 1009) return violation('a message was too long');
  // A relay that shuts down, or no close frame at all.
  return new TransferError(code === 1001 || code === 1006 ? 'connection-lost' : 'peer-gone');
}

function isClean(code: number): boolean {
  return code === 1000 || code === 1005;
}

/** The relay's classic endpoint: the relay's URL itself, as a WebSocket's. Null for what is no http(s) or ws(s) URL. */
export function classicEndpoint(relayUrl: string): string | null {
  const place = socketPlace(relayUrl);
  return place === null ? null : `${place.origin}${place.pathname}`;
}
