// Puts a frame reader between a connection's byte stream and its WebSocket.
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { InvariantError } from '../invariant-error.ts';
import { FrameReader } from './frame-reader.ts';

export interface PieceListener {
  /** Asked at the start of each binary message: whether it is to come in pieces, or whole from the WebSocket. */
  takesPieces(): boolean;
  /** The next bytes of a binary message. Only a last piece may be empty. */
  onPiece(piece: Buffer, isLast: boolean): void;
}

/**
 * @param stream what `socket` was opened on just now, before it has read anything
 */
export function readInPieces(
  stream: Duplex,
  socket: WebSocket,
  maxMessageBytes: number,
  listener: PieceListener,
): void {
  const [toSocket, ...others] = stream.listeners('data');
  if (toSocket === undefined || others.length > 0) throw new InvariantError('a stream read by others');
  const reader = new FrameReader(
    {
      takesPieces: () => listener.takesPieces(),
      onPiece: (piece, isLast) => listener.onPiece(piece, isLast),
      onRest: (bytes) => toSocket.call(stream, bytes),
    },
    maxMessageBytes,
  );
  stream.off('data', toSocket as (bytes: Buffer) => void);
  const read = (bytes: Buffer) => reader.read(bytes);
  stream.on('data', read);
  // What has come while the stream was paused, when it breaks: `ws` would read that from the middle of a frame.
  stream.prependListener('close', () => {
    stream.off('data', read);
    const unread: Buffer | null = stream.read();
    if (unread !== null) read(unread);
  });
  socket.on('error', () => reader.stop());
}
