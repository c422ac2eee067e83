// What a relay needs for many at once: senders that wait, and pairs that run.
import { mkdtempSync } from 'node:fs';
import path from 'node:path';
import { addressOf, joinSender, leave, openSender } from './relay-clients.mjs';
import { startRelay } from './run-transfer.mjs';

const OPENED_AT_ONCE = 50;
const JOINS = 50;
const MESSAGE_BYTES = 256 * 1024;
const HIGH_WATER_BYTES = 2 ** 20;

/** Memory of a relay at which `waiting` senders wait, and how long a new pair takes to meet there. */
export async function measureWaiting({ waiting, scratch }) {
  const folder = mkdtempSync(path.join(scratch, 'waiting-'));
  const relay = await startRelay(folder);
  const senders = [];
  while (senders.length < waiting) {
    const count = Math.min(OPENED_AT_ONCE, waiting - senders.length);
    const opening = Array.from({ length: count }, (_, i) =>
      openSender(relay.url, addressOf(senders.length + i)),
    );
    senders.push(...(await Promise.all(opening)));
  }
  const joinMs = [];
  for (let i = 0; i < JOINS; i++) {
    const startMs = performance.now();
    const sender = await openSender(relay.url, addressOf(waiting + i));
    const receiver = await joinSender(sender, relay.url, addressOf(waiting + i));
    joinMs.push(performance.now() - startMs);
    await leave(sender.socket, receiver);
  }
  for (const { socket } of senders) socket.terminate();
  await relay.process.stop();
  const { peakRssBytes, cpuSeconds } = relay.process.usage();
  const joinMedianMs = joinMs.sort((a, b) => a - b)[JOINS / 2];
  return { waiting, peakRssBytes, cpuSeconds, joinMedianMs };
}

/** Memory of a relay through which `pairs` send as fast as it takes it. */
export async function measurePairs({ pairs, bytes, scratch }) {
  const folder = mkdtempSync(path.join(scratch, 'pairs-'));
  const relay = await startRelay(folder);
  const joined = [];
  for (let i = 0; i < pairs; i++) {
    const sender = await openSender(relay.url, addressOf(i));
    joined.push([sender.socket, await joinSender(sender, relay.url, addressOf(i))]);
  }
  const bytesEach = bytes / pairs;
  await Promise.all(joined.map(([sender, receiver]) => pump(sender, receiver, bytesEach)));
  await Promise.all(joined.map(([sender, receiver]) => leave(sender, receiver)));
  await relay.process.stop();
  const { peakRssBytes, cpuSeconds } = relay.process.usage();
  return { pairs, bytes, peakRssBytes, cpuSeconds };
}

/** Resolves when all of it has come through. */
function pump(sender, receiver, bytes) {
  const message = Buffer.alloc(MESSAGE_BYTES, 0xa5);
  let sent = 0;
  let received = 0;
  const fill = () => {
    while (sent < bytes && sender.bufferedAmount < HIGH_WATER_BYTES) {
      sent += message.length;
      sender.send(message, fill);
    }
  };
  return new Promise((resolve) => {
    receiver.on('message', ({ length }) => {
      received += length;
      if (received >= bytes) resolve();
    });
    fill();
  });
}
