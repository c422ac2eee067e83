// The frame reader beside `ws` alone: whatever a client sends, together with `ws` it must hear the same.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as ws from 'ws';
import { type FrameListener, FrameReader } from '../../src/sockets/frame-reader.ts';
import { type ClientFrame, encodeClientFrame } from './client-frame.ts';

const MAX_MESSAGE_BYTES = 70_000;
/** Below it: what a connection may say before it is paired. */
const MAX_WHOLE_BYTES = 1_000;
const TAKES_ALL: FrameListener = {
  mustWait: () => false,
  takesPieces: () => true,
  onPieceFrame: () => {},
  wantedOf: (bytes) => bytes,
  onPiece: () => {},
  admitsIdleFrame: () => true,
  onTooLong: () => {},
  onRest: () => {},
};
const MASK = Buffer.from([1, 2, 3, 4]);

interface Receiver extends NodeJS.WritableStream {
  on(event: string, listener: (...args: never[]) => void): this;
}
const { Receiver } = ws as unknown as { Receiver: new (options: object) => Receiver };

type Heard = [event: string, ...what: unknown[]];

function receiverInto(heard: Heard[]): Receiver {
  return new Receiver({ isServer: true, maxPayload: MAX_MESSAGE_BYTES, maxFragments: 0 })
    .on('message', (bytes: Buffer, isBinary: boolean) =>
      heard.push([isBinary ? 'binary' : 'text', digestible(bytes)]),
    )
    .on('ping', (bytes: Buffer) => heard.push(['ping', digestible(bytes)]))
    .on('pong', (bytes: Buffer) => heard.push(['pong', digestible(bytes)]))
    .on('conclude', (code: number, reason: Buffer) => heard.push(['close', code, digestible(reason)]))
    .on('error', (error: Error) => heard.push(['refused', closeCodeOf(error)]));
}

/** What the client is told, which `ws` keeps under a symbol. The sentence stays with the relay. */
function closeCodeOf(error: Error): unknown {
  const [symbol] = Object.getOwnPropertySymbols(error);
  return (error as unknown as Record<symbol, unknown>)[symbol!];
}

/** What `ws` hears by itself. */
async function heardByWs(chunks: Buffer[]): Promise<Heard[]> {
  const heard: Heard[] = [];
  const receiver = receiverInto(heard);
  for (const chunk of chunks) {
    // As its socket does, which reads no further.
    if (heard.at(-1)?.[0] === 'close') break;
    receiver.write(Buffer.from(chunk));
  }
  await settled();
  return heard;
}

/** What is heard through the reader, whose pieces are put together here. */
async function heardThroughReader(chunks: Buffer[], nextWhim: () => boolean): Promise<Heard[]> {
  const heard: Heard[] = [];
  const receiver = receiverInto(heard);
  const pieces: Buffer[] = [];
  let isWaiting = false;
  const reader = new FrameReader(
    {
      ...TAKES_ALL,
      mustWait: () => isWaiting,
      takesPieces: nextWhim,
      onPiece(piece, isLast, isText) {
        expect(piece.length > 0 || isLast).toBe(true);
        pieces.push(Buffer.from(piece));
        if (isLast) heard.push([isText ? 'text' : 'binary', digestible(Buffer.concat(pieces.splice(0)))]);
        isWaiting = nextWhim();
      },
      onRest: (bytes) => receiver.write(bytes),
    },
    { messageBytes: MAX_MESSAGE_BYTES, wholeMessageBytes: MAX_MESSAGE_BYTES },
  );
  for (const chunk of chunks) {
    for (let at = 0; at < chunk.length; isWaiting = false) at += reader.read(Buffer.from(chunk.subarray(at)));
  }
  await settled();
  return heard;
}

/** `ws` tells its errors a little later. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** Short when it is shown. */
function digestible(bytes: Buffer): string {
  return bytes.length <= 16 ? bytes.toString('hex') : `${bytes.length}: ${sum(bytes)}`;
}

function sum(bytes: Buffer): number {
  return bytes.reduce((total, byte, i) => (total * 31 + byte + i) >>> 0, 0);
}

const masks = fc.oneof(
  { weight: 20, arbitrary: fc.uint8Array({ minLength: 4, maxLength: 4 }).map((bytes) => Buffer.from(bytes)) },
  { weight: 10, arbitrary: fc.constant(Buffer.alloc(4)) },
  { weight: 1, arbitrary: fc.constant(null) },
);
const sizes = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 40 }) },
  { weight: 2, arbitrary: fc.constantFrom(124, 125, 126, 127, 128, 1000) },
  { weight: 1, arbitrary: fc.constantFrom(65_535, 65_536, 65_537, MAX_MESSAGE_BYTES, MAX_MESSAGE_BYTES + 1) },
);
const opcodes = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(0, 0, 1, 2, 2, 9, 10) },
  { weight: 1, arbitrary: fc.constantFrom(3, 7, 8, 11, 15) },
);
const frames: fc.Arbitrary<ClientFrame> = fc.record({
  isLast: fc.boolean(),
  reservedBits: fc.oneof({ weight: 30, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(7) }),
  opcode: opcodes,
  mask: masks,
  // ASCII, so that any text is UTF-8.
  payload: fc
    .tuple(sizes, fc.nat(60))
    .map(([size, seed]) => Buffer.from(Array.from({ length: size }, (_, i) => (seed + i) & 0x7f))),
});
/** More often allowed than not: what may come next depends on what is open. */
const conversations = fc.array(fc.tuple(frames, fc.nat(9)), { maxLength: 12 }).map((drawn) => {
  let isInMessage = false;
  return drawn.map(([frame, whim]) => {
    const isControl = frame.opcode > 2;
    const opcode = whim === 0 || isControl ? frame.opcode : isInMessage ? 0 : frame.opcode || 2;
    const payload = isControl && whim !== 0 ? frame.payload.subarray(0, 125) : frame.payload;
    const isLast = isControl && whim !== 0 ? true : frame.isLast;
    if (!isControl) isInMessage = !isLast;
    return encodeClientFrame({ ...frame, opcode, payload, isLast });
  });
});

function cutUp(bytes: Buffer, lengths: number[]): Buffer[] {
  const chunks: Buffer[] = [];
  let at = 0;
  for (let turn = 0; at < bytes.length; turn++) {
    const end = at + lengths[turn % lengths.length]!;
    chunks.push(bytes.subarray(at, end));
    at = end;
  }
  return chunks;
}

const cuts = fc.array(fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 70_000 })), {
  minLength: 1,
  maxLength: 6,
});

describe('frame reader', () => {
  it('together with ws hears what ws alone would, however it is cut up', async () => {
    await fc.assert(
      fc.asyncProperty(conversations, cuts, fc.infiniteStream(fc.boolean()), async (sent, lengths, whims) => {
        const chunks = cutUp(Buffer.concat(sent), lengths);
        const nextWhim = () => whims.next().value;
        expect(await heardThroughReader(chunks, nextWhim)).toEqual(await heardByWs(chunks));
      }),
      { numRuns: 500 },
    );
  }, 60_000);

  it.each([0, 1, 2, 3, 4, 5, 7])(
    'keeps the mask in step when a payload is cut after %i bytes',
    async (cut) => {
      const payload = Buffer.from('a message whose mask must not slip');
      const frame = encodeClientFrame({ isLast: true, reservedBits: 0, opcode: 2, mask: MASK, payload });
      const pieces: Buffer[] = [];
      const reader = readerInto(pieces);
      reader.read(Buffer.from(frame.subarray(0, 6 + cut)));
      reader.read(Buffer.from(frame.subarray(6 + cut)));
      expect(Buffer.concat(pieces).toString()).toBe(payload.toString());
    },
  );

  it('hands on what has come of a message, and keeps nothing', () => {
    const frame = binaryFrame(Buffer.alloc(1000, 7));
    const pieces: Buffer[] = [];
    const chunk = ownMemory(frame.subarray(0, 500));
    readerInto(pieces).read(chunk);
    expect(pieces.map(({ length }) => length)).toEqual([492]);
    expect(pieces[0]!.buffer).toBe(chunk.buffer);
  });

  it('copies small pieces, which would each keep the whole read that they came with', () => {
    const pieces: Buffer[] = [];
    const chunk = ownMemory(Buffer.concat(Array.from({ length: 100 }, () => binaryFrame(MASK))));
    readerInto(pieces).read(chunk);
    expect(pieces.length).toBe(100);
    for (const piece of pieces) {
      expect(piece).toEqual(MASK);
      expect(piece.buffer).not.toBe(chunk.buffer);
      expect(piece.buffer.byteLength).toBe(4);
    }
  });

  it('stops in the middle of a read when it is told to wait, and says how far it came', () => {
    const frame = binaryFrame(MASK);
    const pieces: Buffer[] = [];
    const reader = readerInto(pieces, { mustWait: () => pieces.length === 2 });
    expect(reader.read(Buffer.concat([frame, frame, frame]))).toBe(2 * frame.length);
    expect(pieces.length).toBe(2);
  });

  it('hears nothing more once it is stopped', () => {
    const pieces: Buffer[] = [];
    const reader = readerInto(pieces);
    reader.stop();
    reader.read(binaryFrame(MASK));
    expect(pieces).toEqual([]);
  });

  it.each([
    [[MAX_WHOLE_BYTES], false],
    [[MAX_WHOLE_BYTES + 1], true],
    [new Array(MAX_WHOLE_BYTES).fill(1), false],
    [new Array(MAX_WHOLE_BYTES + 1).fill(1), true],
    [[0, 0, MAX_WHOLE_BYTES, 0], false],
    [[MAX_WHOLE_BYTES, 0, 1], true],
  ])('holds no more of a message than the limit: fragments of %j bytes', (lengths, isTooLong) => {
    const rest: Buffer[] = [];
    let tooLong = 0;
    const reader = readerInto([], {
      takesPieces: () => false,
      onRest: (bytes) => rest.push(bytes),
      onTooLong: () => {
        tooLong += 1;
      },
    });
    const frames = lengths.map((length, i) =>
      encodeClientFrame({
        isLast: i === lengths.length - 1,
        reservedBits: 0,
        opcode: i === 0 ? 1 : 0,
        mask: MASK,
        payload: Buffer.alloc(length, 7),
      }),
    );
    reader.read(Buffer.concat(frames));
    expect(tooLong).toBe(isTooLong ? 1 : 0);
    // Nothing before it is whole; then one frame, in memory of its own.
    expect(rest.map(({ length }) => length)).toEqual(isTooLong ? [] : [14, MAX_WHOLE_BYTES]);
    for (const bytes of rest.slice(1)) expect(bytes.buffer.byteLength).toBeLessThan(2 * MAX_WHOLE_BYTES);
  });

  it('refuses by the header alone what is too long to be held', () => {
    const frame = encodeClientFrame({
      isLast: true,
      reservedBits: 0,
      opcode: 1,
      mask: MASK,
      payload: Buffer.alloc(2 * MAX_WHOLE_BYTES),
    });
    let tooLong = 0;
    const onTooLong = () => {
      tooLong += 1;
    };
    readerInto([], { takesPieces: () => false, onTooLong }).read(frame.subarray(0, 8));
    expect(tooLong).toBe(1);
  });

  it('asks for each frame that brings a message no further, and reads nothing after a no', () => {
    const asked: number[] = [];
    const pieces: Buffer[] = [];
    const reader = readerInto(pieces, {
      admitsIdleFrame: (bytes) => asked.push(bytes) < 4,
    });
    const frame = (opcode: number, payload: Buffer, isLast: boolean) =>
      encodeClientFrame({ isLast, reservedBits: 0, opcode, mask: MASK, payload });
    const none = Buffer.alloc(0);
    const sent = [
      frame(2, MASK, false),
      frame(9, Buffer.alloc(125), true),
      frame(10, none, true),
      frame(0, none, false),
      frame(0, none, true),
      frame(2, none, true),
      frame(9, MASK, true),
      frame(2, MASK, true),
    ];
    reader.read(Buffer.concat(sent));
    expect(asked).toEqual([125, 0, 0, 4]);
    // The message, its end, and an empty message; not what came after.
    expect(pieces.map(({ length }) => length)).toEqual([4, 0, 0]);
  });
});

function binaryFrame(payload: Buffer): Buffer {
  return encodeClientFrame({ isLast: true, reservedBits: 0, opcode: 2, mask: MASK, payload });
}

/** As a read from a socket has it. */
function ownMemory(bytes: Buffer): Buffer {
  const own = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(own);
  return own;
}

function readerInto(pieces: Buffer[], listener: Partial<FrameListener> = {}): FrameReader {
  return new FrameReader(
    { ...TAKES_ALL, onPiece: (piece) => pieces.push(piece), ...listener },
    { messageBytes: MAX_MESSAGE_BYTES, wholeMessageBytes: MAX_WHOLE_BYTES },
  );
}
