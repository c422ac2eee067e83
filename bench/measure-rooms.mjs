// What a relay needs for many devices that are present: memory, and CPU while they come, while nothing happens but pings, and
// while each tells its room something. docs/PROTOCOL.md section 19.
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { readProc } from './measured-process.mjs';
import { table, writeResults } from './present-results.mjs';
import { addressOf } from './relay-clients.mjs';
import { startRelay } from './run-transfer.mjs';
import { makeScratchFolder } from './scratch-folder.mjs';

const MEMBERS = 5;
const OPENED_AT_ONCE = 25;
const CARD_BYTES = 512;
const MESSAGE_BYTES = 256;
const ROUNDS = 10;

/** Prints and writes memory and CPU of a relay. */
export async function measureRooms({ quick }) {
  const rooms = quick ? 40 : 200;
  const idleMs = quick ? 10_000 : 30_000;
  const devices = rooms * MEMBERS;
  const relay = await startRelay(makeScratchFolder(2 ** 20));
  const now = () => readProc(relay.process.child.pid);
  const atRest = now();
  const members = [];
  for (let first = 0; first < devices; first += OPENED_AT_ONCE) {
    const opening = Array.from({ length: OPENED_AT_ONCE }, (_, i) => enter(relay.url, first + i, rooms));
    members.push(...(await Promise.all(opening)));
  }
  await until(() => sumOf(members, 'others') === devices * (MEMBERS - 1));
  const entered = now();
  await delay(idleMs);
  const idle = now();
  for (let round = 1; round <= ROUNDS; round += 1) {
    for (const { socket } of members) socket.send(messageToAll());
    await until(() => sumOf(members, 'messages') === round * devices * (MEMBERS - 1));
  }
  const spoken = now();
  for (const { socket } of members) socket.terminate();
  await relay.process.stop();
  const written = ROUNDS * devices * (MEMBERS - 1);
  const result = {
    devices,
    rooms,
    restRssBytes: atRest.rssBytes,
    rssBytes: idle.rssBytes,
    peakRssBytes: relay.process.usage().peakRssBytes,
    enterCpuMs: (1e3 * (entered.cpuSeconds - atRest.cpuSeconds)) / devices,
    idleCpuPart: (idle.cpuSeconds - entered.cpuSeconds) / (idleMs / 1e3),
    messageCpuMs: (1e3 * (spoken.cpuSeconds - idle.cpuSeconds)) / written,
  };
  const rows = [
    ['memory at rest', `${mb(result.restRssBytes)} MB`],
    ['… with all present', `${mb(result.rssBytes)} MB`],
    ['… of a device', `${((result.rssBytes - result.restRssBytes) / devices / 1024).toFixed(1)} KiB`],
    ['… at most', `${mb(result.peakRssBytes)} MB`],
    ['CPU for a device to come', `${result.enterCpuMs.toFixed(2)} ms`],
    ['CPU of presence', `${(100 * result.idleCpuPart).toFixed(1)} % of a core`],
    ['CPU of a message that is written', `${result.messageCpuMs.toFixed(3)} ms`],
  ];
  process.stdout.write(`\n${table([`${devices} devices in ${rooms} rooms`, 'relay'], rows)}\n`);
  writeResults('rooms', result);
}

/** A device in one room, which counts what it hears. */
async function enter(url, index, rooms) {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/rooms`, {
    perMessageDeflate: false,
    localAddress: addressOf(index),
  });
  const member = { socket, others: 0, messages: 0 };
  const room = String(index % rooms).padStart(43, 'r');
  const card = Buffer.alloc(CARD_BYTES, 1).toString('base64url');
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'hello', version: 3 }));
  await new Promise((resolve) => {
    socket.on('message', (message, isBinary) => {
      if (isBinary) {
        member.messages += 1;
        return;
      }
      const { type, members } = JSON.parse(message.toString());
      if (type === 'welcome') socket.send(JSON.stringify({ type: 'enter', place: 1, room, card }));
      else if (type === 'joined') member.others += 1;
      else if (type === 'entered') {
        member.others += members.length;
        resolve();
      }
    });
  });
  return member;
}

function messageToAll() {
  const message = Buffer.alloc(8 + MESSAGE_BYTES);
  message.writeUInt32BE(1);
  return message;
}

async function until(isSo) {
  while (!isSo()) await delay(5);
}

function sumOf(members, name) {
  return members.reduce((sum, member) => sum + member[name], 0);
}

function mb(bytes) {
  return (bytes / 1e6).toFixed(0);
}
