// What a fault costs that shows while a connection's bytes are read: that connection.
import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { readInPieces } from '../../src/sockets/read-in-pieces.ts';
import { DROPPING } from '../../src/sockets/refuse.ts';
import { encodeClientFrame } from './client-frame.ts';

const MESSAGE = encodeClientFrame({
  isLast: true,
  reservedBits: 0,
  opcode: 2,
  mask: Buffer.alloc(4),
  payload: Buffer.from('x'),
});

it('a fault while bytes are read is told once, and the connection is read no more', async () => {
  const faults: unknown[] = [];
  let pieces = 0;
  const stream = new PassThrough();
  stream.on('data', () => {});
  const socket = Object.assign(new EventEmitter(), { isPaused: false }) as unknown as WebSocket;
  readInPieces(
    stream,
    socket,
    { messageBytes: 100, wholeMessageBytes: 10 },
    {
      ...DROPPING,
      onPiece() {
        pieces += 1;
        throw new Error('a bug');
      },
      onFault: (fault) => faults.push(fault),
    },
  );
  for (let i = 0; i < 3; i++) {
    stream.write(MESSAGE);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(pieces).toBe(1);
  expect(faults).toEqual([new Error('a bug')]);
});
