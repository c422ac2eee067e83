// A TCP proxy that stands for a long or a narrow path. Run as a process of its own:
//   node bench/slow-path.mjs --target 8765 [--delay MS] [--window BYTES] [--rate BYTES_PER_S]
// Each byte arrives `delay` ms late (0). Each direction of each connection has at most `window` bytes on the way until they are
// acknowledged another `delay` later, as TCP has it on a path that is too long for its window or loses too much. All connections
// share `rate` in each direction. Prints its port, and then the number of connections so far each time that one comes: lines.
import { connect, createServer } from 'node:net';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    target: { type: 'string' },
    delay: { type: 'string', default: '0' },
    window: { type: 'string', default: 'Infinity' },
    rate: { type: 'string', default: 'Infinity' },
  },
});
const [target, delayMs, windowBytes, bytesPerSecond] = [
  values.target,
  values.delay,
  values.window,
  values.rate,
].map(Number);

/** What may wait in front of a narrow place, by the time that it takes. */
const QUEUE_MS = 20;

const links = { up: { freeAtMs: 0 }, down: { freeAtMs: 0 } };
let connections = 0;

const server = createServer({ allowHalfOpen: true, noDelay: true }, (near) => {
  print(++connections);
  const far = connect({ host: '127.0.0.1', port: target, allowHalfOpen: true, noDelay: true });
  pass(near, far, links.up);
  pass(far, near, links.down);
  for (const [socket, other] of [
    [near, far],
    [far, near],
  ]) {
    socket.on('error', () => other.destroy());
    socket.on('close', () => other.destroySoon());
  }
});
server.listen(0, '127.0.0.1', () => print(server.address().port));

function pass(from, to, link) {
  let onTheWay = 0;
  let leavesAtMs = 0;
  const deliver = inOrder();
  const acknowledge = inOrder();
  const look = () => {
    // What the narrow place hasn't taken yet waits in front of it: the sender feels that.
    const isHeld = onTheWay >= windowBytes || leavesAtMs - performance.now() > QUEUE_MS;
    if (isHeld) from.pause();
    else from.resume();
  };
  from.on('data', (chunk) => {
    onTheWay += chunk.length;
    link.freeAtMs = Math.max(link.freeAtMs, performance.now()) + (chunk.length / bytesPerSecond) * 1000;
    leavesAtMs = link.freeAtMs;
    look();
    setTimeout(look, leavesAtMs - performance.now());
    deliver(leavesAtMs + delayMs, () => to.write(chunk));
    acknowledge(leavesAtMs + 2 * delayMs, () => {
      onTheWay -= chunk.length;
      look();
    });
  });
  from.on('end', () => deliver(leavesAtMs + delayMs, () => to.end()));
}

/** Does things at their times, and never one before another that was to come earlier. */
function inOrder() {
  const waiting = [];
  const run = () => {
    while (waiting.length > 0 && waiting[0].atMs <= performance.now()) waiting.shift().act();
    if (waiting.length > 0) setTimeout(run, waiting[0].atMs - performance.now());
  };
  return (atMs, act) => {
    waiting.push({ atMs, act });
    if (waiting.length === 1) setTimeout(run, atMs - performance.now());
  };
}

function print(line) {
  process.stdout.write(`${line}\n`);
}
