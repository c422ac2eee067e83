// Closes a WebSocket that has only just been opened. It may go on sending until it has answered: nothing of that is held.
import { type Client, FRAME_LIMITS } from './connection.ts';
import { type PieceListener, readInPieces } from './read-in-pieces.ts';

/** Takes whatever comes, and keeps nothing of it. */
export const DROPPING: PieceListener = {
  takesPieces: () => true,
  onPieceFrame() {},
  wantedOf: (bytes) => bytes,
  onPiece() {},
  admitsIdleFrame: () => true,
  onTooLong() {},
  onFault() {},
};

export function refuse({ socket, stream }: Client, { code, reason }: { code: number; reason: string }): void {
  readInPieces(stream, socket, FRAME_LIMITS, DROPPING);
  socket.close(code, reason);
}
