// One port for https and http: the first byte of a connection tells which. A TLS client begins with a handshake record
// (RFC 8446, section 5.1), an HTTP client with the letter of a method.
import { Server, type Socket } from 'node:net';
import type { Clock } from '@p2p-copy/core/foundation';

const TLS_HANDSHAKE = 0x16;

export interface FirstByteOptions {
  /** Gets connections that begin with a TLS handshake. */
  readonly secure: Server;
  /** Gets all others, and those that came by a unix socket. */
  readonly plain: Server;
  readonly clock: Clock;
  isLocal(socket: Socket): boolean;
  /** How long a connection may say nothing. */
  timeoutMs(): number;
}

/** A server that never listens: connections are handed to it by its event, and it hands them on with all that they said. */
export function byFirstByte({ secure, plain, clock, isLocal, timeoutMs }: FirstByteOptions): Server {
  return new Server((socket) => {
    if (isLocal(socket)) {
      plain.emit('connection', socket);
      return;
    }
    const leave = () => {
      cancel();
      socket.off('data', sort).off('end', end).off('error', end).off('close', leave);
    };
    const end = () => {
      leave();
      socket.on('error', () => {}).destroy();
    };
    const sort = (bytes: Buffer) => {
      leave();
      const isSecure = bytes[0] === TLS_HANDSHAKE;
      // As Node makes its own servers for HTTP: who has asked may close its half.
      socket.allowHalfOpen = !isSecure;
      socket.pause();
      socket.unshift(bytes);
      (isSecure ? secure : plain).emit('connection', socket);
      // TLS reads from the connection itself, a moment later; HTTP waits to be told.
      if (!isSecure) socket.resume();
    };
    const cancel = clock.after(timeoutMs(), end);
    socket.on('data', sort).on('end', end).on('error', end).on('close', leave);
  });
}
