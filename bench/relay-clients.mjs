// Ends that do no more than a relay asks of them: to load a relay with many.
import { once } from 'node:events';
import { WebSocket } from 'ws';

const VERSION = 2;
const OPTIONS = { perMessageDeflate: false, maxPayload: 2 ** 21, generateMask: (mask) => mask.fill(0) };

/** Loopback has 2^24 addresses: as many clients as one likes, each with limits of its own. */
export function addressOf(index) {
  return `127.1.${Math.floor(index / 250)}.${1 + (index % 250)}`;
}

/** A sender that waits under a nameplate. */
export async function openSender(url, localAddress) {
  const socket = await open(url, localAddress, { type: 'allocate' });
  const { nameplate } = await nextText(socket);
  return { socket, nameplate };
}

/** A receiver that joins that nameplate; both hear `ready`. */
export async function joinSender({ socket: sender, nameplate }, url, localAddress) {
  const ready = nextText(sender);
  const receiver = await open(url, localAddress, { type: 'hello', role: 'receiver', key: nameplate });
  await Promise.all([ready, nextText(receiver)]);
  return receiver;
}

/** Ends a pair and frees its nameplate; resolves when the relay knows. */
export async function leave(sender, receiver) {
  sender.send(JSON.stringify({ type: 'release' }));
  sender.close();
  receiver.close();
  await Promise.all([once(sender, 'close'), once(receiver, 'close')]);
}

async function open(url, localAddress, hello) {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`, { ...OPTIONS, localAddress });
  await once(socket, 'open');
  socket.send(JSON.stringify({ version: VERSION, ...hello }));
  return socket;
}

async function nextText(socket) {
  const [message] = await once(socket, 'message');
  return JSON.parse(message.toString());
}
