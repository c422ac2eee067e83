// What a stranger can make a relay hold, as the system counts it: a process of its own, and connections that do their worst.
import { readFileSync } from 'node:fs';
import { MAX_HELLO_BYTES } from '@p2p-copy/core/relay-protocol';
import { expect, it } from 'vitest';
import { frame, helloFrame, rawWebSocket } from '../../../relay/test/raw-client.ts';
import { healthOf } from '../../../relay/test/running-relays.ts';
import { startRelayProcess } from './cli-process.ts';

const CONNECTIONS = 600;
/** Of a waiting connection that does its worst. One that only waits takes about 20. */
const KIB_EACH = 128;

it.skipIf(process.platform !== 'linux')(
  'a waiting connection costs a relay no more than its figure',
  async () => {
    const relay = await startRelayProcess();
    const port = Number(new URL(relay.url).port);
    const residentKib = () => {
      const status = readFileSync(`/proc/${relay.process.child.pid}/status`, 'utf8');
      return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)![1]);
    };
    const before = residentKib();
    // As long as it may be without being refused, in fragments of one byte, each behind what it might keep alive.
    const fragments = [frame(1, 'x', false), frame(9, Buffer.alloc(125))];
    for (let i = 1; i < MAX_HELLO_BYTES; i++) fragments.push(frame(0, 'x', false));
    const sockets = [];
    for (let i = 0; i < CONNECTIONS; i++) {
      const socket = await rawWebSocket({ port, from: `127.0.2.${1 + Math.floor(i / 100)}` });
      socket.write(Buffer.concat([helloFrame('sender', `k${i}`), ...fragments]));
      sockets.push(socket);
    }
    while ((await healthOf(relay)).waiting !== CONNECTIONS);
    expect(residentKib() - before).toBeLessThan(CONNECTIONS * KIB_EACH);
    for (const socket of sockets) socket.destroy();
    await relay.stop();
  },
);

it.skipIf(process.platform !== 'linux')(
  'no connection makes it hold messages of 2 MiB before it is paired',
  async () => {
    const relay = await startRelayProcess();
    const port = Number(new URL(relay.url).port);
    const status = () => readFileSync(`/proc/${relay.process.child.pid}/status`, 'utf8');
    const residentKib = () => Number(/^VmRSS:\s+(\d+) kB$/m.exec(status())![1]);
    const before = residentKib();
    const piece = frame(0, Buffer.alloc(65_000), false);
    const sockets = [];
    for (let i = 0; i < 100; i++) {
      const socket = await rawWebSocket({ port, from: `127.0.2.${1 + Math.floor(i / 100)}` });
      socket.resume();
      socket.write(frame(1, 'x', false));
      for (let part = 0; part < 30; part++) socket.write(piece);
      sockets.push(socket);
    }
    while (sockets.some((socket) => !socket.destroyed && socket.writableLength > 0))
      await new Promise(setImmediate);
    expect(residentKib() - before).toBeLessThan(100 * 512);
    for (const socket of sockets) socket.destroy();
    await relay.stop();
  },
);
