// A frame as a client sends it, or as one may try to: every field is the test's to choose.
export interface ClientFrame {
  isLast: boolean;
  reservedBits: number;
  opcode: number;
  /** Null for a frame without a mask. */
  mask: Buffer | null;
  payload: Buffer;
}

export function encodeClientFrame({ isLast, reservedBits, opcode, mask, payload }: ClientFrame): Buffer {
  const first = (isLast ? 0x80 : 0) | (reservedBits << 4) | opcode;
  const maskBit = mask === null ? 0 : 0x80;
  const masked = mask === null ? payload : payload.map((byte, i) => byte ^ mask[i & 3]!);
  const header = Buffer.from([first, maskBit, ...lengthBytes(payload.length)]);
  header[1]! |= lengthField(payload.length);
  return Buffer.concat([header, mask ?? Buffer.alloc(0), masked]);
}

function lengthField(length: number): number {
  if (length > 0xffff) return 127;
  return length > 125 ? 126 : length;
}

function lengthBytes(length: number): number[] {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(length));
  if (length > 0xffff) return [...bytes];
  return length > 125 ? [...bytes.subarray(6)] : [];
}
