// A link of a given rate: a TCP proxy before the relay. It reads no faster than it may, so the rest waits where it would wait
// on a real one: in the buffers of whoever sends. It adds no delay.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

const READ_BYTES = 64 * 1024;
/** Time that wasn't used can be made up for, so that late timers don't make the link slower. */
const MAX_BURST_MS = 5;
const MS_WORTH_A_TIMER = 1;

/** Starts it before the relay at `relayUrl`; returns its own URL and how to close it. Each direction has the rate. */
export async function startSlowLink(relayUrl, megabitsPerSecond) {
  const bytesPerMs = (megabitsPerSecond * 1e6) / 8 / 1000;
  const sockets = new Set();
  const server = createServer({ highWaterMark: READ_BYTES, noDelay: true }, (near) => {
    const far = connect({ port: Number(new URL(relayUrl).port), host: '127.0.0.1', noDelay: true });
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => {});
    }
    passOn(near, far, bytesPerMs);
    passOn(far, near, bytesPerMs);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  return { url: `http://127.0.0.1:${server.address().port}`, close };
}

function passOn(from, to, bytesPerMs) {
  let freeAtMs = 0;
  from.on('data', (bytes) => {
    from.pause();
    const nowMs = performance.now();
    freeAtMs = Math.max(freeAtMs, nowMs - MAX_BURST_MS) + bytes.length / bytesPerMs;
    const pass = () => {
      if (to.destroyed || to.write(bytes)) from.resume();
      else to.once('drain', () => from.resume());
    };
    if (freeAtMs - nowMs > MS_WORTH_A_TIMER) setTimeout(pass, freeAtMs - nowMs);
    else pass();
  });
  from.on('end', () => to.end());
  from.on('close', () => to.destroy());
}
