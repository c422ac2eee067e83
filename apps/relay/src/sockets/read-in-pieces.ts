// Puts a frame reader between a connection's byte stream and its WebSocket.
import type { Duplex } from 'node:stream';
import { InvariantError } from '@p2p-copy/core/foundation';
import type { WebSocket } from 'ws';
import { type FrameLimits, type FrameListener, FrameReader } from './frame-reader.ts';

export interface PieceListener extends Omit<FrameListener, 'onRest' | 'mustWait' | 'wantedOf'> {
  /** As of a frame listener. `isLast`: what it doesn't want now is lost, so it takes all. */
  wantedOf(bytes: number, isLast: boolean): number;
  /** Something failed while bytes were read, which are of one connection alone. No more is read. */
  onFault(fault: unknown): void;
}

/**
 * @param stream what `socket` was opened on just now, before it has read anything
 */
export function readInPieces(
  stream: Duplex,
  socket: WebSocket,
  limits: FrameLimits,
  listener: PieceListener,
): void {
  const [toSocket, ...others] = stream.listeners('data');
  if (toSocket === undefined || others.length > 0) throw new InvariantError('a stream read by others');
  let isEnding = false;
  const reader = new FrameReader(
    {
      mustWait: () => socket.isPaused && !isEnding,
      takesPieces: (isText) => listener.takesPieces(isText),
      onPieceFrame: () => listener.onPieceFrame(),
      wantedOf: (bytes) => listener.wantedOf(bytes, isEnding),
      onPiece: (piece, isLast, isText) => listener.onPiece(piece, isLast, isText),
      admitsIdleFrame: (payloadBytes) => listener.admitsIdleFrame(payloadBytes),
      onTooLong: () => listener.onTooLong(),
      onRest: (bytes) => toSocket.call(stream, bytes),
    },
    limits,
  );
  stream.off('data', toSocket as (bytes: Buffer) => void);
  // One read may bring thousands of small messages, and each that waits costs more than its bytes.
  const read = (bytes: Buffer) => {
    const taken = readGuarded(bytes);
    if (taken < bytes.length) stream.unshift(bytes.subarray(taken));
  };
  stream.on('data', read);
  // What has come while the stream was paused, when it breaks: `ws` would read that from the middle of a frame.
  stream.prependListener('close', () => {
    stream.off('data', read);
    isEnding = true;
    const unread: Buffer | null = stream.read();
    if (unread !== null) readGuarded(unread);
  });
  socket.on('error', () => reader.stop());

  function readGuarded(bytes: Buffer): number {
    try {
      return reader.read(bytes);
    } catch (fault) {
      reader.stop();
      listener.onFault(fault);
      return bytes.length;
    }
  }
}
