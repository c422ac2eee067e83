// The bare pipe that a transfer is compared with: `ws` alone, messages of one record's size from memory to a
// counter, through a relay that does nothing but forward. Run as `node ws-pipe.mjs relay|receive|send …`.
import { WebSocket, WebSocketServer } from 'ws';

const MESSAGE_BYTES = 256 * 1024;
const HIGH_WATER_BYTES = 2 ** 20;
const OPTIONS = { perMessageDeflate: false, maxPayload: 2 ** 21 };

const [role, ...args] = process.argv.slice(2);
const roles = { relay, receive, send };
roles[role](...args);

/** Says its port, and forwards between the first two connections until one leaves. */
function relay() {
  const server = new WebSocketServer({ ...OPTIONS, port: 0, host: '127.0.0.1' });
  const waiting = [];
  server.on('listening', () => say({ event: 'listening', port: server.address().port }));
  server.on('connection', (socket) => {
    waiting.push(socket);
    if (waiting.length < 2) return;
    const [first, second] = waiting;
    forward(first, second);
    forward(second, first);
    for (const end of waiting) {
      end.send('ready');
      end.on('close', () => server.close());
    }
  });
}

function forward(from, to) {
  from.on('message', (message, isBinary) => {
    to.send(message, { binary: isBinary }, () => {
      if (from.isPaused && to.bufferedAmount < HIGH_WATER_BYTES) from.resume();
    });
    if (to.bufferedAmount >= HIGH_WATER_BYTES) from.pause();
  });
  from.on('close', () => to.close());
}

/** Counts what comes, and says so to the sender when all is there. */
function receive(url, expectedBytes) {
  const socket = new WebSocket(url, OPTIONS);
  let received = 0;
  socket.on('message', (message, isBinary) => {
    if (!isBinary) return;
    received += message.length;
    if (received >= Number(expectedBytes)) socket.send('all');
  });
}

/** Sends that many bytes; says the seconds from the first message to the receiver's answer. */
function send(url, totalBytes) {
  const socket = new WebSocket(url, OPTIONS);
  const message = Buffer.alloc(MESSAGE_BYTES, 0xa5);
  let sent = 0;
  let startMs = 0;
  const fill = () => {
    while (sent < Number(totalBytes) && socket.bufferedAmount < HIGH_WATER_BYTES) {
      sent += message.length;
      socket.send(message, fill);
    }
  };
  socket.on('message', (answer) => {
    if (answer.toString() === 'ready') {
      startMs = performance.now();
      fill();
      return;
    }
    say({ event: 'done', seconds: (performance.now() - startMs) / 1000 });
    socket.close();
  });
}

function say(event) {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}
