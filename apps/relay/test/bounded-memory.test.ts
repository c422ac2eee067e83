// What the relay holds for a receiver that doesn't read, and for connections that it refuses. Alone in its file: it
// measures the whole process.
import { once } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { MAX_MESSAGE_BYTES } from '@p2p-copy/core/relay-protocol';
import { expect, it } from 'vitest';
import { DEFAULT_RELAY_CONFIG, type RunningRelay } from '../src/index.ts';
import { FakeClock } from './fake-clock.ts';
import { frame, rawWebSocket } from './raw-client.ts';
import { opaqueKey } from './relay-client.ts';
import { classicPairOf, clientOf, relayWith } from './running-relays.ts';

/** The most that one read from a socket brings. */
const READ_BYTES = 64 * 1024;

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** A mask of zeros lets all its messages share one buffer, so that only the relay's memory grows. */
const OWN_MASK = { generateMask: () => {} };

async function ourPairOn(relay: RunningRelay) {
  const sender = await clientOf(relay, '/ws', OWN_MASK);
  const receiver = (await clientOf(relay)).hello('receiver', opaqueKey('k'));
  sender.hello('sender', opaqueKey('k'));
  await Promise.all([sender.nextJson(), receiver.nextJson()]);
  return { sender, receiver };
}

it.each([
  ['version 2', ourPairOn],
  ['classic', (relay: RunningRelay) => classicPairOf(relay, 'c0de', OWN_MASK)],
])('stops reading from a %s sender whose receiver doesn’t read, and loses nothing', async (_name, pairOn) => {
  const { pipeBufferBytes } = DEFAULT_RELAY_CONFIG;
  const { sender, receiver } = await pairOn(await relayWith());
  receiver.socket.pause();
  const total = 32;
  const message = Buffer.alloc(MAX_MESSAGE_BYTES, 1);
  const heldBefore = await whenSteady(heldBytes);
  for (let i = 0; i < total; i++) sender.socket.send(message);
  const grownBytes = (await whenSteady(heldBytes)) - heldBefore;
  expect(sender.socket.bufferedAmount).toBeGreaterThan((total * MAX_MESSAGE_BYTES) / 2);
  expect(grownBytes).toBeGreaterThan(pipeBufferBytes / 2);
  // What went over the limit, what was read after that, and what the clients in this process hold.
  expect(grownBytes).toBeLessThan(pipeBufferBytes + 4 * READ_BYTES);

  receiver.socket.resume();
  for (let i = 0; i < total; i++) expect((await receiver.nextBytes()).length).toBe(MAX_MESSAGE_BYTES);
});

it('holds no more than one read of what a sender sends above its rate', async () => {
  const relay = await relayWith({ bytesPerSecondPerPair: 1_000 }, new FakeClock());
  const { sender } = await ourPairOn(relay);
  const total = 32;
  const message = Buffer.alloc(MAX_MESSAGE_BYTES, 1);
  const heldBefore = await whenSteady(heldBytes);
  for (let i = 0; i < total; i++) sender.socket.send(message);
  const grownBytes = (await whenSteady(heldBytes)) - heldBefore;
  expect(sender.socket.bufferedAmount).toBeGreaterThan((total * MAX_MESSAGE_BYTES) / 2);
  // The read that it stopped in, one that was under way, and what the client in this process holds.
  expect(grownBytes).toBeLessThan(4 * READ_BYTES);
});

it.each(['/ws', '/'])(
  'holds nothing of what a connection sends that was refused at once at %s',
  async (path) => {
    const relay = await relayWith({ maxConnectionsPerAddress: 1 });
    await clientOf(relay);
    const refused = await Promise.all(Array.from({ length: 16 }, () => rawWebSocket(relay, path)));
    const unfinished = frame(2, Buffer.alloc(MAX_MESSAGE_BYTES - 1), false);
    const heldBefore = await whenSteady(heldBytes);
    await Promise.all(
      refused.map((socket) => new Promise((written) => socket.write(unfinished, () => written(null)))),
    );
    expect((await whenSteady(heldBytes)) - heldBefore).toBeLessThan(MAX_MESSAGE_BYTES);
    // And its answer to the close frame is heard.
    for (const socket of refused) {
      socket.resume().write(frame(8, Buffer.from([3, 232])));
      if (!socket.closed) await once(socket, 'close');
    }
  },
);

/** Bytes in buffers that something still refers to. */
function heldBytes(): number {
  collectGarbage();
  return process.memoryUsage().arrayBuffers;
}

/** A figure, once it hasn't changed over many turns of the event loop. */
async function whenSteady(read: () => number): Promise<number> {
  let last = read();
  for (let same = 0; same < 50; ) {
    for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
    const now = read();
    same = now === last ? same + 1 : 0;
    last = now;
  }
  return last;
}
