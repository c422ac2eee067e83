// How well a relay keeps to the rates that it is told: bytes that arrive in 10 s against the limit, and how equal the shares
// are of those who wait for the same one.
import { setTimeout as delay } from 'node:timers/promises';
import { table, writeResults } from './present-results.mjs';
import { addressOf, joinSender, openSender } from './relay-clients.mjs';
import { startRelay } from './run-transfer.mjs';
import { makeScratchFolder } from './scratch-folder.mjs';

const MB = 1e6;
/** A message counts when it is whole, so it is small against what comes in the time; the fewer, the less both ends work. */
const MESSAGES_PER_SECOND = 800;
const MOST_MESSAGE_BYTES = 256 * 1024;
const HIGH_WATER_BYTES = 2 ** 20;
/** Until all buffers on the way are full. */
const WARM_UP_MS = 1_000;
const MOST_OFF = 0.05;

/** Highest limit that is tried, as a part of the rate without a limit. */
const MOST_TRIED = 0.7;
const FREE = { flag: null, limit: null, from: [0] };

/** `from`: the address of each pair's sender. */
const CASES = [
  { title: 'one pair, slow', flag: 'per-pair', limit: MB, from: [0] },
  { title: 'one pair', flag: 'per-pair', limit: 10 * MB, from: [0] },
  { title: 'one pair, fast', flag: 'per-pair', limit: 100 * MB, from: [0] },
  { title: 'four pairs of one address', flag: 'per-address', limit: 10 * MB, from: [0, 0, 0, 0] },
  { title: 'eight pairs of eight addresses', flag: null, limit: 20 * MB, from: [0, 1, 2, 3, 4, 5, 6, 7] },
  { title: 'a hundred pairs', flag: null, limit: 20 * MB, from: Array.from({ length: 100 }, (_, i) => i) },
];

/** Prints and writes rates; false when one is off by more than 5 %. */
export async function measureLimits({ quick }) {
  const scratch = makeScratchFolder(2 ** 20);
  const ms = quick ? 3_000 : 10_000;
  const free = await measure(FREE, ms, scratch);
  const results = [];
  for (const each of CASES.filter(({ limit }) => limit <= MOST_TRIED * free.rate)) {
    const measured = await measure(each, ms, scratch);
    results.push({ ...each, ...measured, off: measured.rate / each.limit - 1 });
  }
  const header = ['limit', 'MB/s', 'measured', 'off', 'most to least', 'relay s CPU', 'met'];
  const rows = results.map(({ title, limit, rate, off, spread, cpuSeconds }) => [
    title,
    (limit / MB).toFixed(0),
    (rate / MB).toFixed(2),
    `${(100 * off).toFixed(1)} %`,
    spread.toFixed(3),
    cpuSeconds.toFixed(2),
    Math.abs(off) <= MOST_OFF ? 'yes' : 'NO',
  ]);
  const untried = CASES.length - results.length;
  const note = untried === 0 ? '' : `; ${untried} too fast for this machine at the moment`;
  process.stdout.write(`\nWithout a limit ${(free.rate / MB).toFixed(0)} MB/s${note}`);
  process.stdout.write(`\nLimits over ${ms / 1000} s\n${table(header, rows)}\n\n`);
  process.stdout.write(`${writeResults('limits', { ms, results })}\n`);
  return results.every(({ off }) => Math.abs(off) <= MOST_OFF);
}

async function measure({ flag, limit, from }, ms, scratch) {
  const name = flag === null ? '--bytes-per-second' : `--bytes-per-second-${flag}`;
  const relay = await startRelay(scratch, limit === null ? [] : [name, String(limit)]);
  try {
    const pairs = await Promise.all(
      from.map(async (address, i) => {
        const sender = await openSender(relay.url, addressOf(address));
        const receiver = await joinSender(sender, relay.url, addressOf(1_000 + i));
        return { sender: sender.socket, receiver, arrived: pump(sender.socket, receiver, limit) };
      }),
    );
    await delay(WARM_UP_MS);
    const [before, startMs] = [pairs.map(({ arrived }) => arrived()), performance.now()];
    await delay(ms);
    const [after, endMs] = [pairs.map(({ arrived }) => arrived()), performance.now()];
    const shares = after.map((bytes, i) => bytes - before[i]);
    for (const { sender, receiver } of pairs) {
      sender.terminate();
      receiver.terminate();
    }
    const rate = (shares.reduce((sum, bytes) => sum + bytes, 0) * 1000) / (endMs - startMs);
    await relay.process.stop();
    return {
      rate,
      spread: Math.max(...shares) / Math.min(...shares),
      cpuSeconds: relay.process.usage().cpuSeconds,
    };
  } finally {
    await relay.process.stop();
  }
}

/** Sends without an end. @returns tells the bytes that have arrived */
function pump(sender, receiver, limit) {
  const messageBytes = limit === null ? MOST_MESSAGE_BYTES : limit / MESSAGES_PER_SECOND;
  const message = Buffer.alloc(Math.min(messageBytes, MOST_MESSAGE_BYTES), 0xa5);
  let received = 0;
  const fill = () => {
    while (sender.readyState === sender.OPEN && sender.bufferedAmount < HIGH_WATER_BYTES) {
      sender.send(message, fill);
    }
  };
  receiver.on('message', ({ length }) => {
    received += length;
  });
  fill();
  return () => received;
}
