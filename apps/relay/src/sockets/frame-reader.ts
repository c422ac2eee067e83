// Reads a client's frames (RFC 6455, section 5) as their bytes arrive, so that a message passes on without being held
// until its end. All else goes to `ws` in whole frames, of which it keeps nothing: short messages, control frames, and
// what `ws` shall refuse.
import { HeldBytes } from './held-bytes.ts';
import { unmask } from './unmask.ts';

export interface FrameListener {
  /** Asked before each frame and each piece: whether the rest of a read is to wait. */
  mustWait(): boolean;
  /** Asked at the start of each message: whether it is to come in pieces, or as a whole from `ws`. */
  takesPieces(isText: boolean): boolean;
  /** A frame of a message that comes in pieces begins. */
  onPieceFrame(): void;
  /** Asked before each piece: how many of its bytes are wanted now. With 0, the rest of the read is to wait. */
  wantedOf(bytes: number): number;
  /** The next bytes of a message, without their mask. Only a last piece may be empty. */
  onPiece(piece: Buffer, isLast: boolean, isText: boolean): void;
  /** Asked for each frame that brings a message no further: ping, pong, close, an empty fragment. After a no, no more is read. */
  admitsIdleFrame(payloadBytes: number): boolean;
  /** A message that isn't taken in pieces is too long to be held. No more is read. */
  onTooLong(): void;
  /** The next bytes for `ws`. */
  onRest(bytes: Buffer): void;
}

export interface FrameLimits {
  /** Of any message. */
  readonly messageBytes: number;
  /** Of one that is held until it is whole. */
  readonly wholeMessageBytes: number;
}

const CONTINUATION = 0;
const TEXT = 1;
const BINARY = 2;
const CLOSE = 8;
const PONG = 10;

const FIN = 0x80;
const RESERVED_BITS = 0x70;
const OPCODE_BITS = 0x0f;
const MASKED = 0x80;
const LENGTH_BITS = 0x7f;
/** In place of a length: it stands in the next 2 bytes, or in the next 8. */
const LENGTH_OF_2 = 126;
const LENGTH_OF_8 = 127;
const MASK_BYTES = 4;
const LONGEST_HEADER = 2 + 8 + MASK_BYTES;
const EMPTY = Buffer.alloc(0);
/** Held at once for a message that is to be whole: a frame's length alone doesn't make the relay take more. */
const FIRST_HELD_BYTES = 4096;
/** A piece below this part of its read is small. */
const LEAN_PARTS = 4;

/** For `ws` to refuse in place of what only shows together with frames that it hasn't seen. */
const LONE_CONTINUATION = Buffer.from([FIN | CONTINUATION, MASKED]);
const TOO_LONG = Buffer.from([FIN | BINARY, MASKED | LENGTH_OF_8, 0, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff]);

interface Message {
  isText: boolean;
  /** Length of its frames so far. */
  bytes: number;
  /** What is held of a message that `ws` gets as a whole; null for one that comes in pieces. */
  held: HeldBytes | null;
}

export class FrameReader {
  readonly #listener: FrameListener;
  readonly #limits: FrameLimits;
  readonly #header = Buffer.allocUnsafeSlow(LONGEST_HEADER);
  #headerBytes = 0;
  /** What the next continuation belongs to. */
  #message: Message | null = null;
  /** What is held of a control frame. */
  #control: HeldBytes | null = null;
  /** Bytes of this frame's payload that have yet to come. */
  #missingBytes = 0;
  #isOver = false;

  constructor(listener: FrameListener, limits: FrameLimits) {
    this.#listener = listener;
    this.#limits = limits;
  }

  /**
   * @param bytes the reader's from now on: it takes their mask off where they are
   * @returns how many of them it has read: fewer than all when the listener wants no more for now
   */
  read(bytes: Buffer): number {
    let at = 0;
    while (at < bytes.length && !this.#listener.mustWait()) {
      if (this.#isOver) return bytes.length;
      const taken = this.#missingBytes === 0 ? this.#readHeader(bytes, at) : this.#readPayload(bytes, at);
      if (taken === 0) break;
      at += taken;
    }
    return at;
  }

  /** Ignores whatever comes. */
  stop(): void {
    this.#isOver = true;
    this.#message = null;
    this.#control = null;
  }

  /** @returns how many bytes it took */
  #readHeader(bytes: Buffer, start: number): number {
    const header = this.#header;
    let at = start;
    while (at < bytes.length && !this.#isOver) {
      header[this.#headerBytes++] = bytes[at++]!;
      if (this.#headerBytes === 2) this.#expectAllowed();
      if (this.#headerBytes >= 2 && this.#headerBytes === headerLength(header)) {
        this.#headerBytes = 0;
        this.#startFrame();
        break;
      }
    }
    return at - start;
  }

  #expectAllowed(): void {
    const opcode = this.#header[0]! & OPCODE_BITS;
    const isNewMessage = opcode === TEXT || opcode === BINARY;
    if (isNewMessage && this.#message !== null) this.#refuse(LONE_CONTINUATION);
    else if (!isAllowed(this.#header, this.#message !== null)) this.#refuse(this.#header.subarray(0, 2));
  }

  #startFrame(): void {
    const length = payloadLength(this.#header);
    const opcode = this.#header[0]! & OPCODE_BITS;
    this.#missingBytes = length;
    if (opcode >= CLOSE) this.#startControl(length);
    else this.#continueMessage(opcode, length);
    if (length === 0 && !this.#isOver) this.#takePayload(EMPTY);
  }

  #startControl(length: number): void {
    if (this.#listener.admitsIdleFrame(length)) this.#control = new HeldBytes(length);
    else this.stop();
  }

  #continueMessage(opcode: number, length: number): void {
    this.#message ??= this.#startMessage(opcode === TEXT, length);
    const message = this.#message;
    message.bytes += length;
    if (message.bytes > this.#limits.messageBytes) this.#refuse(TOO_LONG);
    else if (message.held !== null && message.bytes > this.#limits.wholeMessageBytes) {
      this.stop();
      this.#listener.onTooLong();
    } else if (length === 0 && !isLast(this.#header) && !this.#listener.admitsIdleFrame(0)) {
      this.stop();
    } else if (message.held === null) {
      this.#listener.onPieceFrame();
    }
  }

  #startMessage(isText: boolean, length: number): Message {
    if (this.#listener.takesPieces(isText)) return { isText, bytes: 0, held: null };
    return { isText, bytes: 0, held: new HeldBytes(Math.min(length, FIRST_HELD_BYTES)) };
  }

  /** @returns how many bytes it took */
  #readPayload(bytes: Buffer, start: number): number {
    const coming = Math.min(bytes.length - start, this.#missingBytes);
    const isPiece = this.#control === null && this.#message?.held === null;
    const wanted = isPiece ? this.#listener.wantedOf(coming) : coming;
    if (wanted === 0) return 0;
    const part = bytes.subarray(start, start + wanted);
    this.#missingBytes -= part.length;
    this.#takePayload(part);
    return part.length;
  }

  /** @param part the next bytes of this frame's payload; empty only where it has none */
  #takePayload(part: Buffer): void {
    const isFrameOver = this.#missingBytes === 0;
    if (this.#control !== null) {
      this.#uncover(this.#control.append(part));
      if (isFrameOver) this.#endControl(this.#control.bytes);
      return;
    }
    const { held, isText } = this.#message!;
    const isMessageOver = isFrameOver && isLast(this.#header);
    if (isMessageOver) this.#message = null;
    if (held === null) {
      this.#uncover(part);
      if (part.length > 0 || isMessageOver) this.#listener.onPiece(lean(part), isMessageOver, isText);
    } else {
      this.#uncover(held.append(part));
      if (isMessageOver) this.#handOn(isText ? TEXT : BINARY, held.bytes);
    }
  }

  /** What follows a close frame doesn't count. */
  #endControl(payload: Buffer): void {
    const opcode = this.#header[0]! & OPCODE_BITS;
    this.#control = null;
    this.#handOn(opcode, payload);
    if (opcode === CLOSE) this.stop();
  }

  /** Gives `ws` one whole frame, so that it never keeps a part of one. */
  #handOn(opcode: number, payload: Buffer): void {
    this.#listener.onRest(frameHeader(opcode, payload.length));
    if (payload.length > 0) this.#listener.onRest(payload);
  }

  /** Takes the mask off, and turns it so that it begins with the next piece's first byte. */
  #uncover(part: Buffer): void {
    const end = headerLength(this.#header);
    const mask = this.#header.subarray(end - MASK_BYTES, end);
    if (part.length === 0 || mask.readUInt32BE() === 0) return;
    unmask(part, mask);
    const turn = 8 * (part.length % MASK_BYTES);
    if (turn === 0) return;
    const word = mask.readUInt32BE();
    mask.writeUInt32BE(((word << turn) | (word >>> (32 - turn))) >>> 0);
  }

  /** Has `ws` end the connection, by what it won't take. */
  #refuse(bytes: Buffer): void {
    this.stop();
    this.#listener.onRest(Buffer.from(bytes));
  }
}

/** A piece that is a small part of its read is copied: while it waits for a slow end it would keep all of the read. */
function lean(piece: Buffer): Buffer {
  if (piece.length * LEAN_PARTS > piece.buffer.byteLength) return piece;
  const copy = Buffer.allocUnsafeSlow(piece.length);
  piece.copy(copy);
  return copy;
}

/** Of a frame that is a whole message or control frame, with a mask of zeros: the payload follows as it is. */
function frameHeader(opcode: number, length: number): Buffer {
  if (length < LENGTH_OF_2) return Buffer.from([FIN | opcode, MASKED | length, 0, 0, 0, 0]);
  const header = Buffer.alloc(2 + 8 + MASK_BYTES);
  header.set([FIN | opcode, MASKED | LENGTH_OF_8]);
  header.writeUInt32BE(length, 6);
  return header;
}

/** Whether a client may send a frame that begins so. */
function isAllowed(header: Buffer, isInMessage: boolean): boolean {
  const [first, second] = [header[0]!, header[1]!];
  const opcode = first & OPCODE_BITS;
  if ((first & RESERVED_BITS) !== 0 || (second & MASKED) === 0) return false;
  if (opcode <= BINARY) return (opcode === CONTINUATION) === isInMessage;
  const length = second & LENGTH_BITS;
  if (opcode === CLOSE && length === 1) return false;
  return opcode >= CLOSE && opcode <= PONG && isLast(header) && length < LENGTH_OF_2;
}

function isLast(header: Buffer): boolean {
  return (header[0]! & FIN) !== 0;
}

/** By the first two bytes. */
function headerLength(header: Buffer): number {
  const length = header[1]! & LENGTH_BITS;
  if (length === LENGTH_OF_8) return 2 + 8 + MASK_BYTES;
  return length === LENGTH_OF_2 ? 2 + 2 + MASK_BYTES : 2 + MASK_BYTES;
}

function payloadLength(header: Buffer): number {
  const length = header[1]! & LENGTH_BITS;
  if (length === LENGTH_OF_8) return header.readUInt32BE(2) * 2 ** 32 + header.readUInt32BE(6);
  return length === LENGTH_OF_2 ? header.readUInt16BE(2) : length;
}
