// A bare TCP stream, to measure a link by. Prints `ready`, then bytes, seconds from the first to the last of
// them, and the sender's address.
// tcp-stream.mjs receive HOST PORT | tcp-stream.mjs send HOST PORT BYTES CONNECT_MS
import { connect, createServer } from 'node:net';

const [role, host, port, bytes, connectMs] = process.argv.slice(2);
if (role === 'receive') receive();
else send();

function receive() {
  const server = createServer((socket) => {
    const { remoteAddress } = socket;
    let received = 0;
    let startMs = 0;
    socket.on('data', (piece) => {
      if (received === 0) startMs = performance.now();
      received += piece.length;
    });
    socket.on('end', () => {
      process.stdout.write(`${received} ${(performance.now() - startMs) / 1000} ${remoteAddress}\n`);
      socket.end();
      server.close();
    });
  });
  server.listen(Number(port), host, () => process.stdout.write('ready\n'));
}

function send() {
  const piece = Buffer.alloc(65_536);
  const socket = connect(Number(port), host);
  let left = Number(bytes);
  const write = () => {
    while (left > 0) {
      const length = Math.min(left, piece.length);
      left -= length;
      if (!socket.write(piece.subarray(0, length))) return void socket.once('drain', write);
    }
    socket.end();
  };
  const giveUp = setTimeout(() => process.exit(1), Number(connectMs));
  socket.on('connect', () => {
    clearTimeout(giveUp);
    write();
  });
  socket.resume();
}
