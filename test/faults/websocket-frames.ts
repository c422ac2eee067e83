// One direction of a WebSocket connection as TCP carries it: the HTTP head, then frames (RFC 6455, section 5.2). Reads
// them out of pieces of any length, a message that comes in fragments as one frame, and writes them again.
import { Buffer } from 'node:buffer';

export interface Frame {
  /** 1 text, 2 binary; others are the connection's own business. */
  opcode: number;
  isMasked: boolean;
  /** Unmasked. */
  payload: Uint8Array;
  /** As it came, header included. */
  raw: Uint8Array;
  headerBytes: number;
}

export const OPCODE = { text: 1, binary: 2 } as const;

const HEAD_END = Buffer.from('\r\n\r\n');

export class FrameReader {
  #unread = Buffer.alloc(0);
  #hasHead = false;
  #fragments: Frame[] = [];

  /** What is complete now: the HTTP head as bytes, once, and frames. */
  push(piece: Uint8Array): (Uint8Array | Frame)[] {
    this.#unread = Buffer.concat([this.#unread, piece]);
    const found: (Uint8Array | Frame)[] = [];
    if (!this.#hasHead) {
      const end = this.#unread.indexOf(HEAD_END);
      if (end < 0) return found;
      this.#hasHead = true;
      found.push(this.#take(end + HEAD_END.length));
    }
    for (let frame = this.#frame(); frame !== null; frame = this.#frame()) {
      const whole = this.#joined(frame);
      if (whole !== null) found.push(whole);
    }
    return found;
  }

  #joined(frame: Frame): Frame | null {
    const isControl = frame.opcode >= 8;
    const isLast = (frame.raw[0]! & 0x80) !== 0;
    if (isControl || (isLast && this.#fragments.length === 0)) return frame;
    this.#fragments.push(frame);
    if (!isLast) return null;
    const [{ opcode, isMasked }] = this.#fragments as [Frame];
    const payload = new Uint8Array(Buffer.concat(this.#fragments.splice(0).map((part) => part.payload)));
    const raw = encodeFrame(opcode, payload, isMasked);
    return { opcode, isMasked, payload, raw, headerBytes: raw.length - payload.length };
  }

  #frame(): Frame | null {
    const bytes = this.#unread;
    if (bytes.length < 2) return null;
    const isMasked = (bytes[1]! & 0x80) !== 0;
    const short = bytes[1]! & 0x7f;
    const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
    const headerBytes = 2 + lengthBytes + (isMasked ? 4 : 0);
    if (bytes.length < headerBytes) return null;
    const length =
      lengthBytes === 0
        ? short
        : lengthBytes === 2
          ? bytes.readUInt16BE(2)
          : Number(bytes.readBigUInt64BE(2));
    if (bytes.length < headerBytes + length) return null;
    const raw = this.#take(headerBytes + length);
    const payload = Uint8Array.from(raw.subarray(headerBytes));
    if (isMasked) {
      const mask = raw.subarray(headerBytes - 4, headerBytes);
      for (let i = 0; i < payload.length; i += 1) payload[i]! ^= mask[i & 3]!;
    }
    return { opcode: raw[0]! & 0x0f, isMasked, payload, raw, headerBytes };
  }

  #take(length: number): Buffer {
    const taken = this.#unread.subarray(0, length);
    this.#unread = this.#unread.subarray(length);
    return taken;
  }
}

/** A whole message in one frame; a mask is all zeros. */
export function encodeFrame(opcode: number, payload: Uint8Array, isMasked: boolean): Uint8Array {
  const long = payload.length > 0xffff ? 8 : payload.length > 125 ? 2 : 0;
  const header = Buffer.alloc(2 + long + (isMasked ? 4 : 0));
  header[0] = 0x80 | opcode;
  header[1] = (isMasked ? 0x80 : 0) | (long === 8 ? 127 : long === 2 ? 126 : payload.length);
  if (long === 2) header.writeUInt16BE(payload.length, 2);
  if (long === 8) header.writeBigUInt64BE(BigInt(payload.length), 2);
  return Buffer.concat([header, payload]);
}
