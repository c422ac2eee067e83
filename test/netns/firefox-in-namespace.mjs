// Firefox in a network namespace, for Playwright outside of it: `NAMESPACE PROGRAM ARGUMENTS`. Firefox is driven by a WebSocket
// at a port of its own loopback; here the same port of this loopback leads there.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';

const CONNECT = `
  const socket = require('node:net').connect(Number(process.argv[1]), '127.0.0.1');
  process.stdin.pipe(socket).pipe(process.stdout);
  socket.on('error', () => process.exit()).on('close', () => process.exit());
`;

const [namespace, program, ...args] = process.argv.slice(2);
const within = ['netns', 'exec', namespace];
const browser = spawn('ip', [...within, program, ...args], { stdio: ['inherit', 'inherit', 'pipe'] });
browser.on('exit', (code) => process.exit(code ?? 1));
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => browser.kill(signal));

for await (const line of createInterface({ input: browser.stderr })) {
  const port = /listening on ws:\/\/127\.0\.0\.1:(\d+)/.exec(line)?.[1];
  if (port !== undefined) await leadTo(port);
  process.stderr.write(`${line}\n`);
}

async function leadTo(port) {
  const server = createServer((socket) => {
    const there = spawn('ip', [...within, process.execPath, '-e', CONNECT, port], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    socket.pipe(there.stdin);
    there.stdout.pipe(socket);
    for (const stream of [socket, there.stdin]) stream.on('error', () => there.kill());
  });
  server.listen(Number(port), '127.0.0.1');
  await once(server, 'listening');
}
