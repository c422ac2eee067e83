// The same pipe as ws-pipe.mjs over plain TCP: what the network alone costs. Run as `node tcp-pipe.mjs relay|receive|send …`.
import { connect, createServer } from 'node:net';

const PIECE_BYTES = 256 * 1024;

const [role, ...args] = process.argv.slice(2);
const roles = { relay, receive, send };
roles[role](...args);

/** Says its port, and forwards between the first two connections until one leaves. */
function relay() {
  const server = createServer((socket) => {
    waiting.push(socket);
    if (waiting.length < 2) return;
    const [first, second] = waiting;
    first.pipe(second);
    second.pipe(first);
    server.close();
  });
  const waiting = [];
  server.listen(0, '127.0.0.1', () => say({ event: 'listening', port: server.address().port }));
}

/** Counts what comes, and says so to the sender when all is there. */
function receive(port, expectedBytes) {
  const socket = connect(Number(port), '127.0.0.1', () => socket.write('ready'));
  let received = 0;
  socket.on('data', (piece) => {
    received += piece.length;
    if (received >= Number(expectedBytes)) socket.end('all');
  });
}

/** Sends that many bytes; says the seconds from the first of them to the receiver's answer. */
function send(port, totalBytes) {
  const socket = connect(Number(port), '127.0.0.1');
  const piece = Buffer.alloc(PIECE_BYTES, 0xa5);
  let sent = 0;
  let startMs = null;
  const fill = () => {
    while (sent < Number(totalBytes)) {
      sent += piece.length;
      if (!socket.write(piece)) return;
    }
  };
  socket.on('drain', fill);
  socket.on('data', () => {
    if (startMs === null) {
      startMs = performance.now();
      fill();
      return;
    }
    say({ event: 'done', seconds: (performance.now() - startMs) / 1000 });
    socket.end();
  });
}

function say(event) {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}
