// A client below HTTP and WebSocket, for those who don't keep to them.
import { connect, type Socket } from 'node:net';
import { encodeFirstMessage } from '@p2p-copy/core/relay-protocol';
import { onTestFinished } from 'vitest';
import { encodeClientFrame } from './sockets/client-frame.ts';

const MASK = Buffer.alloc(4);

export interface RawOptions {
  port: number;
  /** Where it comes from: Linux has all of 127.0.0.0/8. */
  from?: string;
}

/** A TCP connection, once it stands; it may have been cut already. */
export async function rawClient({ port, from = '127.0.0.1' }: RawOptions): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', localAddress: from });
  socket.on('error', () => {});
  onTestFinished(() => void socket.destroy());
  await new Promise((resolve) => socket.once('connect', resolve).once('close', resolve));
  return socket;
}

/** The same, as a WebSocket: what follows is the test's. */
export async function rawWebSocket(options: RawOptions, path = '/ws', headers = ''): Promise<Socket> {
  const socket = await rawClient(options);
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n${headers}\r\n`,
  );
  await new Promise((resolve) => socket.once('data', resolve).once('close', resolve));
  return socket;
}

export function frame(opcode: number, payload: Buffer | string = '', isLast = true): Buffer {
  return encodeClientFrame({ isLast, reservedBits: 0, opcode, mask: MASK, payload: Buffer.from(payload) });
}

/** The hello of an end under an opaque key of its own. */
export function helloFrame(role: 'sender' | 'receiver', key: string): Buffer {
  return frame(1, encodeFirstMessage({ type: 'hello', role, key: key.padEnd(43, 'x'), token: null }));
}

/** All that comes, until the other side ends it. */
export async function untilClosed(socket: Socket): Promise<Buffer> {
  const pieces: Buffer[] = [];
  socket.on('data', (piece) => pieces.push(piece));
  if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve));
  return Buffer.concat(pieces);
}

/** Code of the close frame with which `heard` ends. */
export function closeCodeIn(heard: Buffer): number | null {
  const at = heard.lastIndexOf(0x88);
  return at === -1 ? null : heard.readUInt16BE(at + 2);
}
