// What a message costs that is only announced: the relay holds what has come of it, and little more.
import { afterEach, expect, it, vi } from 'vitest';
import { FrameReader } from '../../src/sockets/frame-reader.ts';

const MESSAGE_BYTES = 65_544;
/** Whole, binary, masked, of 65,536 bytes. */
const HEAD = Buffer.from([0x82, 0xff, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]);

afterEach(() => void vi.restoreAllMocks());

it('a frame of 64 KiB of which only the head has come takes no 64 KiB', () => {
  const handedOn: Buffer[] = [];
  const reader = new FrameReader(
    {
      mustWait: () => false,
      takesPieces: () => false,
      onPieceFrame() {},
      wantedOf: (bytes) => bytes,
      onPiece() {},
      admitsIdleFrame: () => true,
      onTooLong() {},
      onRest: (bytes) => void handedOn.push(bytes),
    },
    { messageBytes: MESSAGE_BYTES, wholeMessageBytes: MESSAGE_BYTES },
  );
  const allocated = vi.spyOn(Buffer, 'allocUnsafeSlow');
  reader.read(Buffer.from(HEAD));
  reader.read(Buffer.alloc(100, 7));
  expect(allocated.mock.calls.map(([bytes]) => bytes)).toEqual([4096]);
  reader.read(Buffer.alloc(65_436, 7));
  // The head that `ws` reads, then all of the message.
  expect(handedOn.map(({ length }) => length)).toEqual([14, 65_536]);
});
