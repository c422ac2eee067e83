// Reads a client's frames (RFC 6455, section 5) as their bytes arrive, so that a binary message passes on without being
// held until its end. All else goes to `ws` as it came: text, control frames, and what `ws` shall refuse.
import { unmask } from './unmask.ts';

export interface FrameListener {
  /** Asked at the start of each binary message: whether it is to come in pieces, or goes to `ws` too. */
  takesPieces(): boolean;
  /** The next bytes of a binary message, without their mask. Only a last piece may be empty. */
  onPiece(piece: Buffer, isLast: boolean): void;
  /** The next bytes for `ws`. */
  onRest(bytes: Buffer): void;
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

/** For `ws` to refuse in place of what only shows together with frames that it hasn't seen. */
const LONE_CONTINUATION = Buffer.from([FIN | CONTINUATION, MASKED]);
const TOO_LONG = Buffer.from([FIN | BINARY, MASKED | LENGTH_OF_8, 0, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff]);

export class FrameReader {
  readonly #listener: FrameListener;
  readonly #maxMessageBytes: number;
  readonly #header = Buffer.allocUnsafeSlow(LONGEST_HEADER);
  #headerBytes = 0;
  /** What the next continuation belongs to. */
  #message: { isPiecewise: boolean; bytes: number } | null = null;
  #isPiecewise = false;
  /** Bytes of this frame's payload that have yet to come. */
  #missingBytes = 0;
  #isOver = false;

  constructor(listener: FrameListener, maxMessageBytes: number) {
    this.#listener = listener;
    this.#maxMessageBytes = maxMessageBytes;
  }

  /** @param bytes the reader's from now on: it takes their mask off where they are */
  read(bytes: Buffer): void {
    let at = 0;
    while (at < bytes.length && !this.#isOver) {
      at += this.#missingBytes === 0 ? this.#readHeader(bytes, at) : this.#readPayload(bytes, at);
    }
  }

  /** Ignores whatever comes. */
  stop(): void {
    this.#isOver = true;
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
    if (isNewMessage && this.#message?.isPiecewise === true) this.#refuse(LONE_CONTINUATION);
    else if (!isAllowed(this.#header, this.#message !== null)) this.#refuse(this.#header.subarray(0, 2));
  }

  #startFrame(): void {
    const header = this.#header;
    const length = payloadLength(header);
    const opcode = header[0]! & OPCODE_BITS;
    this.#isPiecewise = false;
    this.#missingBytes = length;
    if (opcode < CLOSE) {
      this.#message ??= { isPiecewise: opcode === BINARY && this.#listener.takesPieces(), bytes: 0 };
      const message = this.#message;
      message.bytes += length;
      this.#isPiecewise = message.isPiecewise;
      if (message.bytes > this.#maxMessageBytes) {
        this.#refuse(this.#isPiecewise ? TOO_LONG : header.subarray(0, headerLength(header)));
        return;
      }
      if (isLast(header)) this.#message = null;
    }
    if (this.#isPiecewise) {
      if (length === 0 && isLast(header)) this.#listener.onPiece(EMPTY, true);
    } else {
      // A copy: `ws` keeps the mask until the payload is there.
      this.#listener.onRest(Buffer.from(header.subarray(0, headerLength(header))));
      if (length === 0) this.#endRest();
    }
  }

  /** @returns how many bytes it took */
  #readPayload(bytes: Buffer, start: number): number {
    const part = bytes.subarray(start, start + this.#missingBytes);
    this.#missingBytes -= part.length;
    if (this.#isPiecewise) {
      this.#uncover(part);
      this.#listener.onPiece(part, this.#missingBytes === 0 && isLast(this.#header));
    } else {
      this.#listener.onRest(part);
      if (this.#missingBytes === 0) this.#endRest();
    }
    return part.length;
  }

  /** What follows a close frame doesn't count. */
  #endRest(): void {
    if ((this.#header[0]! & OPCODE_BITS) === CLOSE) this.stop();
  }

  /** Takes the mask off, and turns it so that it begins with the next piece's first byte. */
  #uncover(part: Buffer): void {
    const end = headerLength(this.#header);
    const mask = this.#header.subarray(end - MASK_BYTES, end);
    if (mask.readUInt32BE() === 0) return;
    unmask(part, mask);
    const turn = 8 * (part.length % MASK_BYTES);
    if (turn === 0) return;
    const word = mask.readUInt32BE();
    mask.writeUInt32BE(((word << turn) | (word >>> (32 - turn))) >>> 0);
  }

  /** Has `ws` end the connection, by what it won't take. */
  #refuse(bytes: Buffer): void {
    this.#listener.onRest(Buffer.from(bytes));
    this.stop();
  }
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
